import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import {
  type MessagePage,
  type Reporting,
  startReporting,
  type WrittenHistory,
  writeChats,
  writeHistory,
} from '../support/reports.ts';

const OURS = '6281100000001';
const CITRA = '6281200000003';
const DEWI = '6281200000004';
const GROUP = '120363000000000001@g.us';
const jid = (number: string) => `${number}@s.whatsapp.net`;

interface ChatPage {
  readonly items: readonly {
    readonly chat: string;
    readonly name: string | null;
    readonly isGroup: boolean;
    readonly lastMessageAt: string;
    readonly lastMessage: { readonly text: string | null } | null;
    readonly waiting: number;
  }[];
  readonly total: number;
  readonly nextCursor: string | null;
  readonly keeps: string;
}

let reports: Reporting;
let limited: Api;

const at = (minute: number) => new Date(Date.parse('2026-03-01T00:00:00Z') + minute * 60_000).toISOString();
const row = (id: string, minute: number, rest: Partial<WrittenHistory>): WrittenHistory => ({
  id,
  at: at(minute),
  deviceId: 'shop',
  own: OURS,
  ...rest,
});

beforeAll(async () => {
  reports = await startReporting();
  for (const deviceId of ['shop', 'till']) await reports.server.createDevice(deviceId);
  limited = await reports.server.keyFor({ scopes: ['report:read'], deviceIds: ['till'] });
  await writeHistory(reports.database, [
    row('c1', 1, { other: CITRA, text: 'one' }),
    row('c2', 2, { other: CITRA, text: 'two', direction: 'out' }),
    row('c3', 3, { other: CITRA, text: 'three' }),
    row('c4', 4, { other: CITRA, text: 'four' }),
    row('d1', 5, { other: DEWI, text: 'from Dewi' }),
    row('d2', 6, { other: DEWI, text: 'to Dewi', direction: 'out' }),
    row('g1', 7, { other: DEWI, group: GROUP, text: 'in the group' }),
    row('t1', 8, { other: CITRA, text: 'to another device of ours', deviceId: 'till' }),
    ...Array.from({ length: 30 }, (_, index) =>
      row(`m${index}`, 20 + index, { other: `62813000000${10 + index}`, text: `from ${index}` }),
    ),
  ]);
  await writeChats(reports.database, [
    { chat: jid(CITRA), name: 'Citra 100%', lastId: 'c4', at: at(4) },
    { chat: jid(DEWI), name: 'Dewi', lastId: 'd2', at: at(6) },
    { chat: GROUP, name: null, lastId: 'g1', at: at(7) },
    { chat: jid(CITRA), name: 'Citra', lastId: 't1', at: at(8), deviceId: 'till' },
    ...Array.from({ length: 30 }, (_, index) => ({
      chat: jid(`62813000000${10 + index}`),
      name: `Person ${index}`,
      lastId: index === 0 ? 'erased' : `m${index}`,
      at: at(20 + index),
    })),
  ]);
});
afterAll(() => reports.stop());

describe('the chats of a device', () => {
  it('stand with their last message and what came since we wrote, the latest first', async () => {
    const { data } = await reports.get<ChatPage>('sessions/shop/chats?pageSize=200');
    expect(data.total).toBe(33);
    expect(data.items[0]).toMatchObject({ name: 'Person 29', lastMessageAt: at(49), waiting: 1 });
    expect(data.items.slice(29).map(({ name, lastMessage }) => [name, lastMessage?.text])).toEqual([
      ['Person 0', undefined],
      [null, 'in the group'],
      ['Dewi', 'to Dewi'],
      ['Citra 100%', 'four'],
    ]);
    expect(data.items.slice(30).map(({ isGroup, waiting }) => [isGroup, waiting])).toEqual([
      [true, 1],
      [false, 0],
      [false, 2],
    ]);
  });

  it('come by cursor and by page, each once', async () => {
    const all = (await reports.get<ChatPage>('sessions/1/chats?pageSize=200')).data.items.map(
      ({ chat }) => chat,
    );
    const byCursor: string[] = [];
    for (let query = 'pageSize=7'; ; ) {
      const { data } = await reports.get<ChatPage>(`sessions/shop/chats?${query}`);
      expect(data.total).toBe(33);
      byCursor.push(...data.items.map(({ chat }) => chat));
      if (data.nextCursor === null) break;
      query = `pageSize=7&cursor=${encodeURIComponent(data.nextCursor)}`;
    }
    expect(byCursor).toEqual(all);
    const second = await reports.get<ChatPage>('sessions/shop/chats?pageSize=7&page=2');
    expect(second.data.items.map(({ chat }) => chat)).toEqual(all.slice(7, 14));
  });

  it('are found by a part of a name or of a number, where signs mean themselves', async () => {
    const found = async (q: string) =>
      (await reports.get<ChatPage>(`sessions/shop/chats?q=${encodeURIComponent(q)}`)).data.items.map(
        ({ name }) => name,
      );
    expect(await found('citra')).toEqual(['Citra 100%']);
    expect(await found('0%')).toEqual(['Citra 100%']);
    expect(await found('_')).toEqual([]);
    expect(await found('00000004')).toEqual(['Dewi']);
  });

  it('say whether history of the number is kept', async () => {
    expect((await reports.get<ChatPage>('sessions/shop/chats')).data.keeps).toBe('withheld');
    const changed = await reports.server.api.post('/api/whatsapp/allowed-numbers', {
      whatsapp_number: OURS,
      session_id: 'shop',
    });
    expect(changed.status).toBe(201);
    await reports.database.run({
      text: 'update device set phone_number = ? where device_id = ?',
      params: [OURS, 'till'],
    });
    expect((await reports.get<ChatPage>('sessions/till/chats')).data.keeps).toBe('history');
  });

  it('refuse what is out of bounds, what is not there and what the caller may not see', async () => {
    const codeOf = async (path: string, api?: Api) => (await reports.get(path, api)).code;
    for (const query of ['pageSize=0', 'pageSize=201', 'page=0', `q=${'x'.repeat(101)}`])
      expect(await codeOf(`sessions/shop/chats?${query}`), query).toBe('VALIDATION_FAILED');
    const { data } = await reports.get<ChatPage>('sessions/shop/chats?pageSize=2');
    const cursor = encodeURIComponent(data.nextCursor ?? '');
    expect(await codeOf(`sessions/till/chats?cursor=${cursor}`)).toBe('CURSOR_INVALID');
    expect(await codeOf('sessions/nobody/chats')).toBe('DEVICE_NOT_FOUND');
    for (const path of ['sessions/shop/chats', `sessions/shop/chats/${DEWI}/messages`])
      expect(await codeOf(path, limited), path).toBe('DEVICE_NOT_FOUND');
  });
});

describe('a chat of a device', () => {
  const texts = async (path: string) =>
    (await reports.get<MessagePage>(`sessions/shop/chats/${path}`)).data.items.map(({ text }) => text);

  it('is what this device and the other side said there, by address or by number', async () => {
    expect(await texts(`${jid(CITRA)}/messages`)).toEqual(['four', 'three', 'two', 'one']);
    expect(await texts(`${CITRA}/messages?order=asc`)).toEqual(['one', 'two', 'three', 'four']);
    expect(await texts(`${GROUP}/messages`)).toEqual(['in the group']);
  });

  it('goes on by cursor, and from a moment in both directions', async () => {
    const path = `sessions/shop/chats/${CITRA}/messages`;
    const first = await reports.get<MessagePage>(`${path}?pageSize=3`);
    const next = await reports.get<MessagePage>(
      `${path}?pageSize=3&cursor=${encodeURIComponent(first.data.nextCursor ?? '')}`,
    );
    expect(next.data.items.map(({ text }) => text)).toEqual(['one']);
    expect(await texts(`${CITRA}/messages?end_date=${at(2)}`)).toEqual(['two', 'one']);
    expect(await texts(`${CITRA}/messages?start_date=${at(2)}&order=asc`)).toEqual(['two', 'three', 'four']);
  });

  it('comes as CSV', async () => {
    const { headers, text } = await reports.get(`sessions/shop/chats/${CITRA}/messages?format=csv`);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(text.split('\r\n')).toHaveLength(6);
  });
});
