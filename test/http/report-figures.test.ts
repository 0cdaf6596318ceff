import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Reporting, startReporting, type WrittenHistory, writeHistory } from '../support/reports.ts';

/** Clocks of Berlin go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October. */
const ZONE = 'Europe/Berlin';
const OURS = '6281100000001';
const OURS_TOO = '6281100000002';
const CITRA = '6281200000003';
const DEWI = '6281200000004';
const GROUP = '120363000000000001@g.us';

let reports: Reporting;

const shop = { deviceId: 'shop', own: OURS };
const till = { deviceId: 'till', own: OURS_TOO };
const messages: WrittenHistory[] = [
  // The day before the clocks go forward, its last second.
  { id: 'a1', at: '2026-03-28T22:59:59Z', ...shop, other: CITRA },
  // 29 March: 23 hours.
  { id: 'b1', at: '2026-03-28T23:00:00Z', ...shop, other: CITRA, pushName: 'Citra' },
  { id: 'b2', at: '2026-03-29T00:59:59Z', ...shop, other: CITRA, direction: 'out', status: 'read' },
  { id: 'b3', at: '2026-03-29T01:00:00Z', ...shop, other: DEWI, type: 'image', pushName: 'Dewi' },
  { id: 'b4', at: '2026-03-29T01:30:00Z', ...shop, other: DEWI, direction: 'out', status: 'server_ack' },
  { id: 'b5', at: '2026-03-29T02:00:00Z', ...shop, other: DEWI, group: GROUP },
  { id: 'b6', at: '2026-03-29T02:00:00Z', ...shop, other: null },
  { id: 'b7', at: '2026-03-29T21:59:59Z', ...till, other: CITRA, direction: 'out', status: 'played' },
  // 30 March.
  { id: 'c1', at: '2026-03-29T22:00:00Z', ...shop, other: CITRA, pushName: 'Citra K' },
  // 25 October: 25 hours; half past two comes twice.
  { id: 'd1', at: '2026-10-24T22:00:00Z', ...shop, other: CITRA },
  { id: 'd2', at: '2026-10-25T00:30:00Z', ...shop, other: CITRA },
  { id: 'd3', at: '2026-10-25T01:30:00Z', ...shop, other: CITRA, direction: 'out' },
  { id: 'd4', at: '2026-10-25T22:59:59Z', ...shop, other: CITRA },
  { id: 'e1', at: '2026-10-25T23:00:00Z', ...shop, other: CITRA },
];

beforeAll(async () => {
  reports = await startReporting({ APP_TIMEZONE: ZONE });
  for (const deviceId of ['shop', 'till']) await reports.server.createDevice(deviceId);
  await writeHistory(reports.database, messages);
});
afterAll(() => reports.stop());

interface Stats {
  readonly total: number;
  readonly incoming: number;
  readonly outgoing: number;
  readonly distinctContacts: number;
  readonly perType: Record<string, number>;
  readonly perStatus: Record<string, number>;
  readonly perHour: readonly { hour: number; incoming: number; outgoing: number }[];
}
const stats = async (query: string) => (await reports.get<Stats>(`message/stats?${query}`)).data;
const busyHours = ({ perHour }: Stats) =>
  perHour.flatMap(({ hour, incoming, outgoing }) =>
    incoming + outgoing > 0 ? [[hour, incoming, outgoing]] : [],
  );

describe('the stats of messages', () => {
  it('of a day with 23 hours', async () => {
    const day = await stats('session_id=1&date=2026-03-29');
    expect(day).toMatchObject({
      deviceId: 'shop',
      timezone: ZONE,
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
      total: 6,
      incoming: 4,
      outgoing: 2,
      distinctContacts: 2,
      perType: { text: 5, image: 1 },
      perStatus: { received: 4, read: 1, server_ack: 1 },
    });
    expect(day.perHour).toHaveLength(24);
    expect(busyHours(day)).toEqual([
      [0, 1, 0],
      [1, 0, 1],
      [3, 1, 1],
      [4, 2, 0],
    ]);
  });

  it('of a day with 25 hours count the hour that comes twice', async () => {
    const day = await stats('session_id=shop&date=2026-10-25');
    expect(day).toMatchObject({ total: 4, incoming: 3, outgoing: 1 });
    expect(busyHours(day)).toEqual([
      [0, 1, 0],
      [2, 1, 1],
      [23, 1, 0],
    ]);
  });

  it('of all devices and all time, and of none', async () => {
    expect(await stats('')).toMatchObject({ deviceId: null, total: messages.length, distinctContacts: 2 });
    expect(await stats('session_id=till')).toMatchObject({ total: 1, perStatus: { played: 1 } });
    expect(await stats('date=2020-01-01')).toMatchObject({
      total: 0,
      perType: {},
      from: '2019-12-31T23:00:00.000Z',
    });
    const nobodys = await reports.server.keyFor({ scopes: ['report:read'], deviceIds: ['other'] });
    const none = await reports.get<Stats>('message/stats', nobodys);
    expect(none.data).toMatchObject({ total: 0, from: null, to: null });
  });

  it('of a range keep to its ends', async () => {
    expect(await stats('start_date=2026-03-29%2001:59:59&end_date=2026-03-29%2003:00:00')).toMatchObject({
      total: 2,
    });
    expect(await stats('start_date=2026-03-29&end_date=2026-03-30')).toMatchObject({ total: 8 });
  });
});

interface Daily {
  readonly items: readonly { date: string; deviceId: string; total: number }[];
  readonly total: number;
  readonly nextCursor: string | null;
}

describe('the daily report', () => {
  const short = ({ items }: Daily) => items.map(({ date, deviceId, total }) => [date, deviceId, total]);

  it('has a line for each device and day with messages', async () => {
    const { data } = await reports.get<Daily>('reports/daily?from=2026-03-28&to=2026-10-26');
    expect(short(data)).toEqual([
      ['2026-03-28', 'shop', 1],
      ['2026-03-29', 'shop', 6],
      ['2026-03-29', 'till', 1],
      ['2026-03-30', 'shop', 1],
      ['2026-10-25', 'shop', 4],
      ['2026-10-26', 'shop', 1],
    ]);
    expect(data.items[1]).toEqual({
      date: '2026-03-29',
      deviceId: 'shop',
      sessionId: 1,
      whatsappNumber: null,
      total: 6,
      incoming: 4,
      outgoing: 2,
      delivered: 1,
      read: 1,
      played: 0,
      media: 0,
      inGroups: 1,
      distinctContacts: 2,
    });
    const page = (await reports.get<Daily>('reports/daily?from=2026-03-28&to=2026-10-26&pageSize=4')).data;
    expect(page).toMatchObject({ total: 6 });
    const next = await reports.get<Daily>(
      `reports/daily?from=2026-03-28&to=2026-10-26&pageSize=4&cursor=${page.nextCursor}`,
    );
    expect(short(next.data)).toEqual(short(data).slice(4));
  });

  it('is the same as CSV, and of one session', async () => {
    const { text, headers } = await reports.get(
      'reports/daily?from=2026-03-28&to=2026-03-30&session_id=2&format=csv',
    );
    expect(headers.get('content-disposition')).toBe('attachment; filename="daily.csv"');
    expect(text.split('\r\n')).toEqual([
      'date,sessionId,deviceId,whatsappNumber,total,incoming,outgoing,delivered,read,played,media,inGroups,distinctContacts',
      '2026-03-29,2,till,,1,0,1,1,1,1,0,0,1',
      '',
    ]);
    const empty = await reports.get('reports/daily?from=2020-01-01&to=2020-02-01&format=csv');
    expect(empty.text.trim().split('\r\n')).toHaveLength(1);
  });

  it('keeps the line of a device that is gone', async () => {
    await reports.server.createDevice('gone');
    const old = {
      id: 'z1',
      at: '2025-01-01T12:00:00Z',
      deviceId: 'gone',
      own: '6281100000009',
      other: CITRA,
    };
    await writeHistory(reports.database, [old]);
    await reports.server.api.delete('devices/gone');
    const { data } = await reports.get<Daily>('reports/daily?from=2025-01-01&to=2025-01-01');
    expect(data.items).toMatchObject([{ deviceId: 'gone', sessionId: null, total: 1 }]);
  });

  it.each([
    ['from=2026-03-02&to=2026-03-01', 'DATE_RANGE_INVALID'],
    ['from=2025-01-01&to=2026-01-02', 'DATE_RANGE_INVALID'],
    ['from=march', 'DATE_INVALID'],
    ['from=2026-03-01&format=xml', 'VALIDATION_FAILED'],
    ['session_id=nobody', 'DEVICE_NOT_FOUND'],
  ])('refuses %s', async (query, code) => {
    for (const format of ['', '&format=csv'])
      expect(await reports.get(`reports/daily?${query}${format}`)).toMatchObject({ code });
  });

  it('is of the last thirty days when nobody says which', async () => {
    await reports.server.createDevice('recent');
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const recent = { deviceId: 'recent', own: '6281100000008', other: DEWI };
    await writeHistory(reports.database, [
      { id: 'y1', at: daysAgo(32), ...recent },
      { id: 'y2', at: daysAgo(28), ...recent },
      { id: 'y3', at: daysAgo(0), ...recent },
    ]);
    expect((await reports.get<Daily>('reports/daily?session_id=recent')).data.total).toBe(2);
  });
});

describe('the pairs and contacts of a number', () => {
  const ask = async <Data>(path: string) => (await reports.get<Data>(`messages/number/${path}`)).data;

  it('pairs count each direction, the latest first, with the last message', async () => {
    const { items } = await ask<{ items: object[] }>(`${OURS}/mapping?end_date=2026-03-30`);
    expect(items).toMatchObject([
      { senderNumber: CITRA, receiverNumber: OURS, count: 3, lastMessage: { id: 'c1' } },
      { senderNumber: OURS, receiverNumber: DEWI, count: 1, lastMessage: { id: 'b4' } },
      { senderNumber: DEWI, receiverNumber: OURS, count: 1, lastMessage: { id: 'b3' } },
      { senderNumber: OURS, receiverNumber: CITRA, count: 1, lastMessage: { id: 'b2' } },
    ]);
  });

  it('pairs of somebody else are the same messages from the other side', async () => {
    const { items, total } = await ask<{ items: object[]; total: number }>(
      `${CITRA}/mapping?date=2026-03-29`,
    );
    expect(total).toBe(3);
    expect(items).toMatchObject([
      { senderNumber: OURS_TOO, receiverNumber: CITRA, count: 1 },
      { senderNumber: OURS, receiverNumber: CITRA, count: 1 },
      { senderNumber: CITRA, receiverNumber: OURS, count: 1 },
    ]);
  });

  it('contacts count both directions, and say what people call themselves', async () => {
    const { items, total } = await ask<{ items: object[]; total: number }>(
      `${OURS}/contacts?end_date=2026-03-30`,
    );
    expect(total).toBe(2);
    expect(items).toEqual([
      {
        phoneNumber: CITRA,
        pushName: 'Citra K',
        sent: 1,
        received: 3,
        total: 4,
        firstMessageAt: '2026-03-28T22:59:59.000Z',
        lastMessageAt: '2026-03-29T22:00:00.000Z',
      },
      {
        phoneNumber: DEWI,
        pushName: 'Dewi',
        sent: 1,
        received: 1,
        total: 2,
        firstMessageAt: '2026-03-29T01:00:00.000Z',
        lastMessageAt: '2026-03-29T01:30:00.000Z',
      },
    ]);
  });

  it('come in pages', async () => {
    const first = await ask<{ items: object[]; nextCursor: string }>(`${OURS}/contacts?pageSize=1`);
    const second = await ask<{ items: object[]; nextCursor: null }>(
      `${OURS}/contacts?pageSize=1&cursor=${first.nextCursor}`,
    );
    expect([first, second]).toMatchObject([
      { items: [{ phoneNumber: CITRA }] },
      { items: [{ phoneNumber: DEWI }], nextCursor: null },
    ]);
    expect((await ask<{ items: object[] }>(`${OURS}/mapping?page=9`)).items).toEqual([]);
  });
});
