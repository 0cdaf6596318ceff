import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { HistoryFilter, HistoryMessage, Position, Subject } from '../../src/reports/history.ts';
import { createHistoryRepository, type HistoryRepository } from '../../src/reports/history-repository.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { type WrittenHistory, writeHistory } from '../support/reports.ts';

const OURS = ['62811001', '62811002', '62811003'];
const OTHERS = ['62812001', '62812002', '62812003', '62811002'];
const GROUP = '120363000000000001@g.us';
const START = Date.parse('2026-03-01T00:00:00Z');

/** Three devices, each with a number of ours; many messages in the same second, groups, notes to oneself, hidden numbers. */
const written: WrittenHistory[] = Array.from({ length: 600 }, (_, index) => {
  const device = index % 3;
  const own = OURS[device] ?? '';
  const kind = index % 11;
  const other = kind === 3 ? null : kind === 5 ? own : (OTHERS[(index * 7) % 4] ?? '');
  return {
    id: `01H${String((index * 7919) % 600).padStart(23, '0')}`,
    at: new Date(START + Math.floor(index / 9) * 60_000).toISOString(),
    deviceId: `device-${device}`,
    own,
    other,
    direction: kind === 5 || index % 2 === 0 ? 'out' : 'in',
    ...(kind === 4 && { group: GROUP }),
  };
});

const subjects: Subject[] = [
  { kind: 'everybody' },
  { kind: 'chat', chat: GROUP },
  { kind: 'chat', chat: '62812001@s.whatsapp.net' },
  ...[...OURS, '62812001', '62899999'].flatMap((number): Subject[] => [
    { kind: 'own', number },
    { kind: 'sender', number },
    { kind: 'receiver', number },
    { kind: 'either', number },
  ]),
  ...(['directed', 'between'] as const).flatMap((kind): Subject[] => [
    { kind, numbers: ['62811001', '62812002'] },
    { kind, numbers: ['62812002', '62811001'] },
    { kind, numbers: ['62811001', '62811001'] },
    { kind, numbers: ['62812001', '62812002'] },
  ]),
];
const ranges = [
  { from: null, to: null },
  { from: new Date(START + 10 * 60_000), to: new Date(START + 40 * 60_000) },
];
const deviceLists = [null, ['device-0'], ['device-1', 'device-2'], ['device-9'], []];

describeOnEachDatabase('reading history', (open) => {
  let database: Database;
  let history: HistoryRepository;
  let everything: HistoryMessage[];

  beforeAll(async () => {
    database = await open();
    await writeHistory(database, written);
    history = createHistoryRepository({ database });
    const all = { subject: { kind: 'everybody' }, devices: null, range: { from: null, to: null } } as const;
    everything = await history.slice(all, { order: 'asc', offset: 0, limit: 1_000 });
  });

  it('gives back what was written', () => {
    expect(everything.map(({ id }) => id).sort()).toEqual(written.map(({ id }) => id).sort());
  });

  it.each(subjects)(
    '$kind: pages by cursor and by number, and the count, are what a person would sort out',
    async (subject) => {
      for (const range of ranges) {
        for (const devices of deviceLists) {
          const filter = { subject, range, devices };
          const expected = everything.filter((message) => belongs(message, filter)).map(({ id }) => id);
          expect(await history.count(filter)).toBe(expected.length);
          expect(await byCursor(filter, 'asc')).toEqual(expected);
          expect(await byCursor(filter, 'desc')).toEqual(expected.toReversed());
          const third = await history.slice(filter, { order: 'desc', offset: 14, limit: 7 });
          expect(third.map(({ id }) => id)).toEqual(expected.toReversed().slice(14, 21));
        }
      }
    },
  );

  it('reads more devices than stand in branches of their own', async () => {
    const many = ['device-0', 'device-2', ...Array.from({ length: 60 }, (_, index) => `nobody-${index}`)];
    const filter: HistoryFilter = {
      subject: { kind: 'everybody' },
      devices: many,
      range: { from: null, to: null },
    };
    expect(await history.count(filter)).toBe(400);
    expect(await byCursor(filter, 'asc')).toEqual(
      everything.filter(({ deviceId }) => deviceId !== 'device-1').map(({ id }) => id),
    );
  });

  async function byCursor(filter: HistoryFilter, order: 'asc' | 'desc'): Promise<string[]> {
    const ids: string[] = [];
    for (let after: Position | undefined; ; ) {
      const found = await history.slice(filter, { order, after, offset: 0, limit: 50 });
      ids.push(...found.map(({ id }) => id));
      const last = found.at(-1);
      if (!last || found.length < 50) return ids;
      after = { at: last.timestamp, id: last.id };
    }
  }
});

describeOnEachDatabase('a message between two of our numbers', (open) => {
  it('is in the conversation once, though both devices keep it', async () => {
    const database = await open();
    for (const [index, number] of ['62811001', '62811002'].entries())
      await addDevice(database, index + 1, number);
    const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
    const both = (id: string, minute: number): WrittenHistory[] => [
      {
        id: `a${id}`,
        waId: id,
        at: at(minute),
        deviceId: 'd1',
        own: '62811001',
        other: '62811002',
        direction: 'out',
      },
      {
        id: `b${id}`,
        waId: id,
        at: at(minute),
        deviceId: 'd2',
        own: '62811002',
        other: '62811001',
        direction: 'in',
      },
    ];
    const onlySecond: WrittenHistory = {
      id: 'b3',
      waId: '3',
      at: at(3),
      deviceId: 'd2',
      own: '62811002',
      other: '62811001',
    };
    await writeHistory(database, [...both('1', 1), ...both('2', 2), onlySecond]);
    const history = createHistoryRepository({ database });
    const ids = async (
      kind: 'between' | 'directed',
      numbers: [string, string],
      devices: string[] | null = null,
    ) => {
      const filter = { subject: { kind, numbers }, devices, range: { from: null, to: null } };
      const found = await history.slice(filter, { order: 'asc', offset: 0, limit: 10 });
      expect(await history.count(filter)).toBe(found.length);
      return found.map(({ id }) => id);
    };
    expect(await ids('between', ['62811001', '62811002'])).toEqual(['a1', 'a2', 'b3']);
    expect(await ids('between', ['62811002', '62811001'])).toEqual(['b1', 'b2', 'b3']);
    expect(await ids('directed', ['62811001', '62811002'])).toEqual(['a1', 'a2', 'b3']);
    expect(await ids('directed', ['62811002', '62811001'])).toEqual([]);
    expect(await ids('between', ['62811001', '62811002'], ['d2'])).toEqual(['b1', 'b2', 'b3']);
  });
});

async function addDevice(database: Database, recordNumber: number, number: string): Promise<void> {
  await database.run({
    text: `insert into device (record_number, device_id, tags, settings, desired, link_state, last_status, phone_number,
        created_at, updated_at) values (?, ?, '[]', '{}', 'stopped', 'linked', 'disconnected', ?, ?, ?)`,
    params: [recordNumber, `d${recordNumber}`, number, new Date(), new Date()],
  });
}

/** The same question asked of one message, in words of its own. */
function belongs(message: HistoryMessage, { subject, devices, range }: HistoryFilter): boolean {
  if (devices !== null && !devices.includes(message.deviceId)) return false;
  if (range.from && message.timestamp < range.from) return false;
  if (range.to && message.timestamp >= range.to) return false;
  const { senderNumber: sender, receiverNumber: receiver, ownNumber: own } = message;
  switch (subject.kind) {
    case 'everybody':
      return true;
    case 'chat':
      return message.chat === subject.chat;
    case 'own':
      return own === subject.number;
    case 'sender':
      return sender === subject.number;
    case 'receiver':
      return receiver === subject.number;
    case 'either':
      return sender === subject.number || receiver === subject.number;
    case 'directed':
      return sender === subject.numbers[0] && receiver === subject.numbers[1];
    case 'between':
      return (
        subject.numbers.every((number) => sender === number || receiver === number) &&
        (subject.numbers[0] !== subject.numbers[1] || sender === receiver)
      );
  }
}
