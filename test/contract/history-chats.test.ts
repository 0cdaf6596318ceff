import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createChatRepository, MOST_WAITING } from '../../src/reports/chat-repository.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { writeChats, writeHistory } from '../support/reports.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
const LIVELY = '62812000@s.whatsapp.net';

describeOnEachDatabase('the chats of a device', (open) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
    await writeHistory(database, [
      ...Array.from({ length: 50 }, (_, index) => ({
        id: `l${index}`,
        at: at(index),
        direction: index < 10 ? ('out' as const) : ('in' as const),
      })),
      { id: 'o1', at: at(60), other: '62813000' },
      { id: 'o2', at: at(61), other: '62813000', direction: 'out' },
      { id: 'p1', at: at(61), other: '62814000' },
    ]);
    await writeChats(database, [
      { chat: LIVELY, name: 'Ana_Satu', lastId: 'l49', at: at(49) },
      { chat: '62813000@s.whatsapp.net', name: null, lastId: 'o2', at: at(61) },
      { chat: '62814000@s.whatsapp.net', name: 'Budi', lastId: 'p1', at: at(61) },
      { chat: LIVELY, name: 'Ana', lastId: 'l49', at: at(99), deviceId: 'till' },
    ]);
  });

  it('are in the order of their last messages, each with what came since we wrote', async () => {
    const chats = createChatRepository({ database });
    const filter = { deviceId: 'shop', text: undefined };
    const all = await chats.slice(filter, { offset: 0, limit: 10 });
    expect(all.map(({ name, last, waiting }) => [name, last?.id, waiting])).toEqual([
      ['Budi', 'p1', 1],
      [null, 'o2', 0],
      ['Ana_Satu', 'l49', MOST_WAITING],
    ]);
    expect(await chats.count(filter)).toBe(3);
    const [first] = all;
    const after = first && { lastAt: first.lastAt, chat: first.chat };
    const rest = await chats.slice(filter, { after, offset: 0, limit: 10 });
    expect(rest.map(({ last }) => last?.id)).toEqual(['o2', 'l49']);
  });

  it('are found by name, whatever its case, and by number', async () => {
    const chats = createChatRepository({ database });
    const found = async (text: string) =>
      (await chats.slice({ deviceId: 'shop', text }, { offset: 0, limit: 10 })).map(({ chat }) => chat);
    expect(await found('ana_s')).toEqual([LIVELY]);
    expect(await found('a%')).toEqual([]);
    expect(await found('12000')).toEqual([LIVELY]);
    expect(await chats.count({ deviceId: 'shop', text: 'BUDI' })).toBe(1);
  });
});
