import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createFiguresRepository, type FiguresRepository } from '../../src/reports/figures-repository.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { type WrittenHistory, writeHistory } from '../support/reports.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const OURS = ['62811001', '62811002'] as const;
const statuses = ['server_ack', 'delivered', 'read', 'played'];

const written = Array.from({ length: 400 }, (_, index) => ({
  id: `01H${String(index).padStart(23, '0')}`,
  at: new Date(START + Math.floor(index / 3) * 7 * 60_000).toISOString(),
  deviceId: `device-${index % 2}`,
  own: OURS[index % 2 === 0 ? 0 : 1],
  other: index % 17 === 0 ? null : `6281200${index % 5}`,
  direction: index % 3 === 0 ? ('out' as const) : ('in' as const),
  type: index % 6 === 0 ? 'image' : 'text',
  ...(index % 13 === 0 && { group: '120363000000000001@g.us' }),
  ...(index % 3 === 0 && { status: statuses[index % 4] ?? '' }),
})) satisfies WrittenHistory[];
type Row = (typeof written)[number];

const RANGE = { from: new Date(START + 2 * 3_600_000), to: new Date(START + 9 * 3_600_000) };
const inRange = ({ at }: Row) => new Date(at) >= RANGE.from && new Date(at) < RANGE.to;
const inGroup = (row: Row) => 'group' in row && row.group !== undefined;
const statusIn = (row: Row, ...wanted: string[]) => 'status' in row && wanted.includes(row.status ?? '');

describeOnEachDatabase('the figures of history', (open) => {
  let database: Database;
  let figures: FiguresRepository;

  beforeAll(async () => {
    database = await open();
    await writeHistory(database, written);
    figures = createFiguresRepository({ database });
  });

  it.each([null, ['device-0'], ['device-0', 'device-1']])('tallies of %j add up', async (devices) => {
    const rows = written.filter((row) => inRange(row) && (devices?.includes(row.deviceId) ?? true));
    const quarter = ({ at }: Row) => Math.floor(Date.parse(at) / 900_000) * 900_000;
    const key = (parts: readonly (string | number | null)[]) => parts.map(String).join(' ');
    const expected = Map.groupBy(rows, (row) =>
      key([row.direction, row.type, 'status' in row ? (row.status ?? null) : null, quarter(row)]),
    );
    const tallies = await figures.tallies({ ...RANGE, devices });
    const found = tallies.map((each) => [
      key([each.direction, each.type, each.status, each.quarter.getTime()]),
      each.messages,
    ]);
    expect(found.sort()).toEqual([...expected].map(([name, { length }]) => [name, length]).sort());
    const contacts = new Set(rows.flatMap((row) => (inGroup(row) || row.other === null ? [] : [row.other])));
    expect((await figures.contacts({ ...RANGE, devices })).sort()).toEqual([...contacts].sort());
  });

  it('sums of devices are what their rows say', async () => {
    const expected = ['device-0', 'device-1'].map((deviceId) => {
      const rows = written.filter((row) => inRange(row) && row.deviceId === deviceId);
      const count = (passes: (row: Row) => boolean) => rows.filter(passes).length;
      return {
        deviceId,
        incoming: count(({ direction }) => direction === 'in'),
        outgoing: count(({ direction }) => direction === 'out'),
        inGroups: count(inGroup),
        media: 0,
        delivered: count((row) => statusIn(row, 'delivered', 'read', 'played')),
        read: count((row) => statusIn(row, 'read', 'played')),
        played: count((row) => statusIn(row, 'played')),
        contacts: new Set(rows.flatMap((row) => (inGroup(row) || row.other === null ? [] : [row.other])))
          .size,
      };
    });
    expect(await figures.deviceTallies({ ...RANGE, devices: null })).toEqual(expected);
    expect(await figures.deviceTallies({ ...RANGE, devices: ['device-1'] })).toEqual(expected.slice(1));
  });

  it.each(['sender', 'receiver'] as const)(
    'pairs of a %s have counts, ends and last messages',
    async (role) => {
      const number = '62812002';
      const filter = { role, number, devices: null, range: RANGE } as const;
      const rows = written.filter(
        (row) =>
          inRange(row) &&
          !inGroup(row) &&
          row.other === '62812002' &&
          (row.direction === 'in') === (role === 'sender'),
      );
      const pairs = await figures.pairs(filter);
      expect(pairs.length).toBeGreaterThan(0);
      expect(pairs.reduce((sum, { messages }) => sum + messages, 0)).toBe(rows.length);
      for (const pair of pairs) {
        const own = rows.filter((row) => row.own === pair.other);
        expect(pair).toEqual({
          other: pair.other,
          messages: own.length,
          firstAt: new Date(own[0]?.at ?? 0),
          lastAt: new Date(own.at(-1)?.at ?? 0),
        });
      }
      const last = await figures.lastOfPairs(filter, pairs);
      for (const pair of pairs) {
        const id = rows.findLast((row) => row.own === pair.other)?.id;
        expect(last.map((message) => message.id)).toContain(id);
      }
      expect(await figures.lastOfPairs(filter, [])).toEqual([]);
      expect(await figures.pairs({ ...filter, devices: [] })).toEqual([]);
    },
  );
});
