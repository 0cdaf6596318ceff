import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { type MessagePage, type Reporting, startReporting, writeHistory } from '../support/reports.ts';

const OURS = '6281100000001';
const OURS_TOO = '6281100000002';
const CITRA = '6281200000003';
const MESSAGES = 120;

let reports: Reporting;
let limited: Api;

beforeAll(async () => {
  reports = await startReporting();
  for (const deviceId of ['shop', 'till', '002']) await reports.server.createDevice(deviceId);
  limited = await reports.server.keyFor({ scopes: ['report:read'], deviceIds: ['till'] });
  const at = (index: number) => new Date(Date.parse('2026-03-01T00:00:00Z') + index * 60_000).toISOString();
  await writeHistory(
    reports.database,
    Array.from({ length: MESSAGES }, (_, index) => ({
      id: `01H${String(index).padStart(23, '0')}`,
      at: at(index),
      ...(index % 4 === 0 ? { deviceId: 'till', own: OURS_TOO } : { deviceId: 'shop', own: OURS }),
      other: CITRA,
      direction: index % 2 === 0 ? ('out' as const) : ('in' as const),
      text: index === 7 ? '=HYPERLINK("http://evil"), "quoted"\nsecond line' : `pesan ${index}`,
      pushName: '@sum',
      ...(index % 2 === 0 && { status: 'delivered' }),
    })),
  );
});
afterAll(() => reports.stop());

const LISTS = [
  'message/details',
  `messages/by-number/${OURS}`,
  `messages/number/${CITRA}`,
  `history/filtered?sender_number=${CITRA}`,
  `history/filtered?receiver_number=${CITRA}`,
  `history/filtered?sender_number=${CITRA}&receiver_number=${OURS}`,
  'history/filtered',
  `conversation/${CITRA}/${OURS}`,
];
const ALL_LISTS = [...LISTS, 'search?q=pesan'];
const PAIR_LISTS = [`messages/number/${OURS}/mapping`, `messages/number/${OURS}/contacts`];
const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

describe('every list of messages', () => {
  it.each(ALL_LISTS)('%s: pages by number and by cursor are the same messages, each once', async (path) => {
    const all = (await reports.get<MessagePage>(withQuery(path, 'pageSize=200'))).data;
    expect(all.total).toBeGreaterThan(10);
    expect(all.items).toHaveLength(all.total);
    expect(all.nextCursor).toBe(null);
    const byNumber: string[] = [];
    for (let page = 1; byNumber.length < all.total; page += 1) {
      const { data } = await reports.get<MessagePage>(withQuery(path, `pageSize=13&page=${page}`));
      expect(data).toMatchObject({ page, pageSize: 13, total: all.total });
      byNumber.push(...data.items.map(({ id }) => id));
    }
    const byCursor: string[] = [];
    for (let query = 'pageSize=13'; ; ) {
      const { data } = await reports.get<MessagePage>(withQuery(path, query));
      expect(data.total).toBe(all.total);
      byCursor.push(...data.items.map(({ id }) => id));
      if (data.nextCursor === null) break;
      query = `pageSize=13&cursor=${encodeURIComponent(data.nextCursor)}`;
    }
    const expected = all.items.map(({ id }) => id);
    expect(byNumber).toEqual(expected);
    expect(byCursor).toEqual(expected);
    const other = path.startsWith('conversation') ? 'desc' : 'asc';
    const turned = await reports.get<MessagePage>(withQuery(path, `pageSize=200&order=${other}`));
    expect(turned.data.items.map(({ id }) => id)).toEqual(expected.toReversed());
  });

  it.each([...ALL_LISTS, ...PAIR_LISTS])('%s: refuses what is out of bounds, with a code', async (path) => {
    const codeOf = async (query: string) => {
      const { status, code } = await reports.get(withQuery(path, query));
      return `${status} ${code}`;
    };
    for (const query of [
      'pageSize=0',
      'pageSize=201',
      'pageSize=x',
      'page=0',
      'page=-1',
      'order=up',
      'page=1e9',
    ])
      expect(await codeOf(query), query).toBe('400 VALIDATION_FAILED');
    for (const query of ['date=yesterday', 'start_date=2026-02-30', 'end_date=31-01-2026', 'date=%00'])
      expect(await codeOf(query), query).toBe('400 DATE_INVALID');
    expect(await codeOf('start_date=2026-03-02&end_date=2026-03-01')).toBe('400 DATE_RANGE_INVALID');
    for (const cursor of ['x', 'WzEsMl0', '.', 'null', '01H', 'WzFd.AAAAAAAAAAAAAAAAAAAA'])
      expect(await codeOf(`cursor=${cursor}`), cursor).toBe('400 CURSOR_INVALID');
    expect(await codeOf('session_id=nobody')).toBe('404 DEVICE_NOT_FOUND');
    expect(await codeOf('session_id=99')).toBe('404 DEVICE_NOT_FOUND');
  });

  it('takes a cursor back to its own question only', async () => {
    const { data } = await reports.get<MessagePage>('message/details?pageSize=5');
    const cursor = encodeURIComponent(data.nextCursor ?? '');
    expect((await reports.get(`message/details?pageSize=7&cursor=${cursor}`)).status).toBe(200);
    for (const other of [
      'message/details?order=asc',
      'message/details?session_id=shop',
      'message/details?date=2026-03-01',
      `messages/by-number/${OURS}?`,
      'search?q=pesan',
    ])
      expect(await reports.get(`${other}&cursor=${cursor}`), other).toMatchObject({
        status: 400,
        code: 'CURSOR_INVALID',
      });
    const foreign = await reports.get(`message/details?cursor=${cursor}`, limited);
    expect(foreign.code).toBe('CURSOR_INVALID');
  });

  it.each([...ALL_LISTS, ...PAIR_LISTS, 'message/stats', 'reports/daily?from=2026-03-01&to=2026-03-02'])(
    '%s: shows a limited key only its devices, and a key without the scope nothing',
    async (path) => {
      const { data, status, text } = await reports.get<MessagePage>(withQuery(path, 'pageSize=200'), limited);
      expect(status).toBe(200);
      expect(text).not.toContain('"shop"');
      if (ALL_LISTS.includes(path))
        expect(new Set(data.items.map(({ deviceId }) => deviceId)).size).toBeLessThan(2);
      const foreign = await reports.get(withQuery(path, 'session_id=shop'), limited);
      expect(foreign).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
      const without = await reports.server.keyFor({ scopes: ['message:read'] });
      expect((await reports.get(path, without)).status).toBe(403);
      expect((await reports.get(path, reports.server.api.as(null))).status).toBe(401);
    },
  );
});

describe('numbers and dates', () => {
  it.each(['081200000003', '81200000003', '+62 812-0000-0003', `${CITRA}@s.whatsapp.net`, `${CITRA}@c.us`])(
    'finds a number written as %s',
    async (number) => {
      const { data } = await reports.get<MessagePage>(`messages/number/${encodeURIComponent(number)}`);
      expect(data.total).toBe(MESSAGES);
    },
  );

  it.each(['nobody', '12345678901234567890', '123456@lid', '120363000000000000@g.us', "1' or '1'='1"])(
    'refuses %s as a number',
    async (number) => {
      const answer = await reports.get(`messages/number/${encodeURIComponent(number)}`);
      expect(answer).toMatchObject({ status: 400, code: 'PHONE_NUMBER_INVALID' });
    },
  );

  it('reads dates in the zone of the server, the end inclusive', async () => {
    const total = async (query: string) =>
      (await reports.get<MessagePage>(`message/details?${query}`)).data.total;
    // 07:00 in Jakarta is midnight UTC.
    expect(await total('date=2026-03-01')).toBe(MESSAGES);
    expect(await total('date=2026-02-28')).toBe(0);
    expect(await total('start_date=2026-03-01%2007:10:00&end_date=2026-03-01%2007:19:00')).toBe(10);
    expect(await total('start_date=2026-03-01T00:10:00Z&end_date=2026-03-01T00:19:00Z')).toBe(10);
    expect(await total('end_date=2026-03-01T07:09:00%2B07:00&session_id=shop')).toBe(7);
  });
});

describe('an export', () => {
  it.each(LISTS)('%s: as CSV is all of it, with cells that no spreadsheet runs', async (path) => {
    const all = (await reports.get<MessagePage>(withQuery(path, 'pageSize=200'))).data;
    const { text, headers } = await reports.get(withQuery(path, 'format=csv&pageSize=1'));
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = text.split('\r\n');
    expect(lines[0]).toMatch(/^timestamp,deviceId,direction,senderNumber,receiverNumber,/);
    expect(lines.at(-1)).toBe('');
    expect(lines.slice(1, -1).map((line) => line.slice(0, 24))).toEqual(
      all.items.map(({ timestamp }) => timestamp),
    );
    expect(lines.slice(1).every((line) => line === '' || line.includes("'@sum"))).toBe(true);
    if (all.items.some(({ text: said }) => said?.startsWith('=')))
      expect(text).toContain('"\'=HYPERLINK(""http://evil""), ""quoted""\nsecond line"');
  });

  it('with a wrong question is an error, not a file', async () => {
    const answer = await reports.get('message/details?format=csv&date=never');
    expect(answer).toMatchObject({ status: 400, code: 'DATE_INVALID' });
  });
});

describe('a message of history', () => {
  it('has the shape of every message, with numbers and device', async () => {
    const { data } = await reports.get<MessagePage>('message/details?session_id=till&pageSize=1&order=asc');
    expect(data.items[0]).toEqual({
      id: '01H00000000000000000000000',
      messageId: '3EB001H00000000000000000000000',
      deviceId: 'till',
      direction: 'out',
      chat: `${CITRA}@s.whatsapp.net`,
      from: `${OURS_TOO}@s.whatsapp.net`,
      to: `${CITRA}@s.whatsapp.net`,
      fromMe: true,
      ownNumber: OURS_TOO,
      senderNumber: OURS_TOO,
      receiverNumber: CITRA,
      isGroup: false,
      pushName: '@sum',
      type: 'text',
      text: 'pesan 0',
      media: null,
      quotedMessageId: null,
      reactions: null,
      timestamp: '2026-03-01T00:00:00.000Z',
      editedAt: null,
      revokedAt: null,
      status: 'delivered',
      attempts: 0,
      error: null,
    });
  });
});

describe('a search', () => {
  it.each(['***', '""', 'ab', 'OR', '🎉', encodeURIComponent('+-<>()~*"@')])(
    'for %s is refused with a reason',
    async (q) => {
      const answer = await reports.get(`search?q=${q}`);
      expect(answer).toMatchObject({ status: 400, code: 'SEARCH_QUERY_INVALID' });
      expect(answer.details.reason).toEqual(expect.any(String));
    },
  );

  it('is bounded', async () => {
    expect((await reports.get(`search?q=${'x'.repeat(201)}`)).code).toBe('VALIDATION_FAILED');
    expect((await reports.get('search')).code).toBe('VALIDATION_FAILED');
    expect((await reports.get<{ totalIsExact: boolean }>('search?q=pesan')).data.totalIsExact).toBe(true);
  });
});

describe('the record of a device', () => {
  it('goes by its number and by its deviceId, which comes first', async () => {
    const { data: all } = await reports.get<{ items: { id: number; deviceId: string }[]; total: number }>(
      'sessions',
    );
    expect(all.items.map(({ id, deviceId }) => [id, deviceId])).toEqual([
      [1, 'shop'],
      [2, 'till'],
      [3, '002'],
    ]);
    expect((await reports.get('sessions/2')).data).toMatchObject({
      id: 2,
      deviceId: 'till',
      status: 'created',
    });
    expect((await reports.get('sessions/till')).data).toMatchObject({ id: 2 });
    expect((await reports.get('sessions/002')).data).toMatchObject({ id: 3, deviceId: '002' });
    for (const name of ['4', '0', 'nobody', '99999999999'])
      expect(await reports.get(`sessions/${name}`)).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
    expect(await reports.get('sessions/shop', limited)).toMatchObject({
      status: 404,
      code: 'DEVICE_NOT_FOUND',
    });
    expect((await reports.get<{ total: number }>('sessions', limited)).data.total).toBe(1);
    const { data: page } = await reports.get<{ nextCursor: string }>('sessions?pageSize=2');
    expect((await reports.get(`sessions?pageSize=2&cursor=${page.nextCursor}`)).data).toMatchObject({
      items: [{ id: 3 }],
      nextCursor: null,
    });
  });

  it('carries a note and an owner, which only a manager writes', async () => {
    const noted = await reports.put('sessions/1/keterangan', { keterangan: '  kasir depan ' });
    expect(noted).toMatchObject({ status: 200, data: { deviceId: 'shop', keterangan: 'kasir depan' } });
    expect((await reports.put('sessions/shop/user', { userId: 'user-9' })).data).toMatchObject({
      userId: 'user-9',
    });
    expect((await reports.get('sessions/user/user-9')).data).toMatchObject({ total: 1, items: [{ id: 1 }] });
    expect((await reports.get('sessions/user/user-10')).data).toMatchObject({ total: 0, items: [] });
    expect((await reports.get('sessions/user/user-9', limited)).data).toMatchObject({ total: 0 });
    expect((await reports.put('sessions/1/keterangan', { keterangan: null })).data).toMatchObject({
      keterangan: null,
    });
    expect((await reports.put('sessions/1/keterangan', { keterangan: 'x'.repeat(2_001) })).status).toBe(400);
    expect((await reports.put('sessions/1/keterangan', {})).status).toBe(400);
    expect((await reports.put('sessions/9/keterangan', { keterangan: 'x' })).code).toBe('DEVICE_NOT_FOUND');
    expect((await reports.put('sessions/till/keterangan', { keterangan: 'x' }, limited)).status).toBe(403);
  });

  it('says why it has no group links', async () => {
    expect(await reports.get('groups/links/1')).toMatchObject({ status: 409, code: 'DEVICE_NOT_CONNECTED' });
    expect(await reports.get('groups/links/9')).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
  });
});
