import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const DEWI = '6281200000004';

interface HistoryAnswer {
  readonly source: string;
  readonly complete: boolean;
  readonly chat: string;
  readonly items: readonly { readonly messageId: string; readonly text: string; readonly fromMe: boolean }[];
  readonly nextBefore: string | null;
}
interface DailyAnswer {
  readonly date: string;
  readonly total: number;
  readonly items: readonly { readonly chat: string; readonly messageCount: number }[];
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  simulator.phone(BUDI, 'Budi');
  simulator.phone(CITRA, 'Citra');
  const owner = simulator.phone(ANA, 'Ana');
  for (const text of ['first', 'second', 'third']) {
    await simulator.phone(DEWI, 'Dewi').sendText(ANA, text);
    await waitForMessage(owner, (message) => message.text === text);
  }
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', owner);
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const history = async (chat: string, query = '') =>
  (await server.api.get<HistoryAnswer>(`devices/ana/chat-history/${encodeURIComponent(chat)}?${query}`)).data;
const daily = async () => (await server.api.get<DailyAnswer>('devices/ana/daily-chat-list')).data;
const textsOf = ({ items }: HistoryAnswer) => items.map(({ text }) => text);
const hear = (text: string) =>
  server.waitForEvent((event) => event.type === 'message' && JSON.stringify(event).includes(`"${text}"`));
const storeFile = () => join(server.dataDir, 'sessions', 'baileys_store_ana.json');

describe('the history of a chat', () => {
  it('has what was received and sent, under the number in any form', async () => {
    await simulator.phone(BUDI).sendText(ANA, 'is the shop open?');
    await hear('is the shop open?');
    await server.api.post('devices/ana/send-message', { to: BUDI, message: 'until five' });
    await simulator.phone(BUDI).sendText(ANA, 'thanks');
    await hear('thanks');
    const answer = await history('+62 812-0000-0002', 'source=store');
    expect(textsOf(answer)).toEqual(['thanks', 'until five', 'is the shop open?']);
    expect(answer).toMatchObject({ source: 'store', chat: `${BUDI}@s.whatsapp.net` });
    expect(answer.items.map(({ fromMe }) => fromMe)).toEqual([false, true, false]);
    const older = await history(BUDI, `source=store&limit=1&before=${answer.items[1]?.messageId}`);
    expect(textsOf(older)).toEqual(['is the shop open?']);
  });

  it('lists the chats of today', async () => {
    await simulator.phone(CITRA).sendText(ANA, 'hello from Citra');
    await hear('hello from Citra');
    const { items, total } = await daily();
    expect(total).toBe(2);
    expect(items.map(({ chat, messageCount }) => [chat, messageCount]).sort()).toEqual([
      [`${BUDI}@s.whatsapp.net`, 3],
      [`${CITRA}@s.whatsapp.net`, 1],
    ]);
  });

  it('is there after a restart, from a file only the owner may read', async () => {
    server = await server.restart();
    await server.waitForStatus('ana', 'connected');
    expect(textsOf(await history(BUDI, 'source=store'))).toEqual([
      'thanks',
      'until five',
      'is the shop open?',
    ]);
    expect((await stat(storeFile())).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(storeFile(), 'utf8'))).toMatchObject({ version: 1 });
  });

  it('comes from the phone where the store has none of it', async () => {
    const answer = await history(DEWI, 'source=server&limit=2');
    expect(textsOf(answer)).toEqual(['third', 'second']);
    expect(answer).toMatchObject({ source: 'server', complete: false });
    const older = await history(DEWI, `limit=2&before=${answer.nextBefore}`);
    expect(textsOf(older)).toEqual(['first']);
    expect(older).toMatchObject({ source: 'both', complete: true, nextBefore: null });
  });

  it('refuses what cannot be asked', async () => {
    for (const query of ['limit=0', 'limit=101', 'source=both', 'waitSeconds=61', 'before=%20'])
      expect((await server.api.get(`devices/ana/chat-history/${BUDI}?${query}`)).status).toBe(400);
    expect(await server.api.get(`devices/ana/chat-history/${BUDI}?before=UNKNOWN`)).toMatchObject({
      status: 404,
      code: 'MESSAGE_NOT_FOUND',
    });
    expect((await server.api.get('devices/nobody/daily-chat-list')).status).toBe(404);
    expect((await server.api.get('devices/ana/daily-chat-list?date=2026-02-30')).status).toBe(400);
    expect((await server.api.get('devices/ana/group-chat-history/abc')).status).toBe(400);
  });

  it('goes with the session when that is wiped', async () => {
    await server.api.post('devices/ana/cancel-and-wipe');
    await expect(stat(storeFile())).rejects.toThrow('ENOENT');
    expect((await history(BUDI, 'source=store')).items).toEqual([]);
  });
});
