import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { proto } from '@whiskeysockets/baileys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { createCompanion } from '../support/companion.ts';
import { type HistoryRow, historyOf, tablesWith } from '../support/history.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const CITRA = '6281200000003';
const DEWI = '6281200000004';
const NUMBERS = '/api/whatsapp/allowed-numbers';

let simulator: TestSimulator;
let server: TestServer;
let database: Database;
let citra: Phone;
let allowedId = 0;

const openHere = () =>
  openDatabase({ url: `file:${join(server.dataDir, 'wafleet.db')}`, log: silentLogger, clock: systemClock });

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  citra = simulator.phone(CITRA, 'Citra');
  simulator.phone(DEWI, 'Dewi');
  const ana = simulator.phone(ANA, 'Ana');
  await citra.sendText(ANA, 'before linking');
  await waitForMessage(ana, ({ text }) => text === 'before linking');
  await server.createDevice('ana');
  const body = { whatsapp_number: ANA, session_id: 'ana' };
  allowedId = (await server.api.post<{ id: number }>(NUMBERS, body)).data.id;
  await server.pairByQr('ana', ana);
  database = await openHere();
});
afterAll(async () => {
  await database.close();
  await server.stop();
  await simulator.close();
});

/** The event of a message is told when its history is there. */
const told = (messageId: string) =>
  server.waitForEvent(
    (event) => event.type === 'message' && JSON.stringify(event).includes(`"${messageId}"`),
  );
const send = async (message: string) =>
  (await server.api.post<{ messageId: string }>('devices/ana/send-message', { to: CITRA, message })).data
    .messageId;
/** What was heard is stored when the server has stopped. */
const restart = async () => {
  await database.close();
  server = await server.restart();
  database = await openHere();
  await server.waitForStatus('ana', 'connected');
};
const history = () => historyOf(database, 'ana');
const row = (rows: readonly HistoryRow[], id: string) =>
  rows.find(({ wa_message_id }) => wa_message_id === id);

it('keeps both directions of a chat, whether by number or by hidden id, and the time before', async () => {
  const byLid = await citra.sendText(ANA, 'by hidden id', { addressing: 'lid' });
  await told(byLid.id);
  const byNumber = await citra.sendText(ANA, 'by number', { addressing: 'pn' });
  await told(byNumber.id);
  const copy = await simulator.phone(ANA).sendText(CITRA, 'from the phone');
  await told(copy.id);
  const sent = await send('from the server');
  await waitForMessage(citra, ({ text }) => text === 'from the server');
  await citra.markReadFrom(ANA);
  await server.waitForEvent((event) => event.messageId === sent && event.status === 'read');
  await restart();
  const rows = await history();
  const chat = { chat_jid: `${CITRA}@s.whatsapp.net`, contact_number: CITRA, own_number: ANA };
  expect(row(rows, byLid.id)).toMatchObject({
    ...chat,
    direction: 'in',
    sender_number: CITRA,
    text: 'by hidden id',
  });
  expect(row(rows, byNumber.id)).toMatchObject({ ...chat, direction: 'in', receiver_number: ANA });
  expect(row(rows, copy.id)).toMatchObject({
    ...chat,
    direction: 'out',
    receiver_number: CITRA,
    source: 'live',
  });
  expect(row(rows, sent)).toMatchObject({ ...chat, direction: 'out', source: 'own', status: 'read' });
  expect(rows.find(({ text }) => text === 'before linking')).toMatchObject({ ...chat, source: 'sync' });
  expect(new Set(rows.map(({ wa_message_id }) => wa_message_id)).size).toBe(rows.length);
  expect(server.events.some((event) => JSON.stringify(event).includes('before linking'))).toBe(false);
});

it('follows edits, revokes and reactions of the other side', async () => {
  const edited = await citra.sendText(ANA, 'frist');
  const revoked = await citra.sendText(ANA, 'a mistake');
  await told(revoked.id);
  const changes = [
    await citra.edit(edited.id, 'first'),
    await citra.revoke(revoked.id),
    await citra.react(edited.id, '👍'),
  ];
  for (const { id } of changes) await told(id);
  const rows = await history();
  expect(row(rows, edited.id)).toMatchObject({ text: 'first', edited_at: expect.any(Date) });
  expect(JSON.parse(row(rows, edited.id)?.reactions ?? '')).toEqual({ [`${CITRA}@s.whatsapp.net`]: '👍' });
  expect(row(rows, revoked.id)).toMatchObject({ text: null, revoked_at: expect.any(Date) });
  for (const { id } of changes) expect(row(rows, id)).toBeUndefined();
});

it.each(['lid', 'pn'] as const)(
  'keeps what is said in a group under its author, addressed by %s',
  async (addressing) => {
    const { group } = await citra.groups.create({
      subject: `By ${addressing}`,
      members: [ANA, DEWI],
      addressing,
    });
    const jid = `${group.id}@g.us`;
    const said = await citra.sendText(jid, `to all by ${addressing}`);
    await told(said.id);
    const changed = await citra.edit(said.id, `better by ${addressing}`);
    const dewi = simulator.phone(DEWI);
    await waitForMessage(dewi, ({ id }) => id === said.id);
    const liked = await dewi.react(said.id, '👍');
    for (const { id } of [changed, liked]) await told(id);
    const found = row(await history(), said.id);
    expect(found).toMatchObject({
      chat_jid: jid,
      participant_jid: `${CITRA}@s.whatsapp.net`,
      sender_number: CITRA,
      receiver_number: null,
      contact_number: null,
      text: `better by ${addressing}`,
    });
    expect(JSON.parse(found?.reactions ?? '')).toEqual({ [`${DEWI}@s.whatsapp.net`]: '👍' });
  },
);

it('keeps nothing anywhere while the number is switched off, and goes on when it is switched on', async () => {
  const before = await citra.sendText(ANA, 'kept before the switch');
  await told(before.id);
  expect((await server.api.put(`${NUMBERS}/${allowedId}/status`, { status: 'nonaktif' })).status).toBe(200);
  expect(await tablesWith(database, 'kept before the switch')).toEqual(['history_message']);
  const off = await citra.sendText(ANA, 'words nobody keeps');
  await told(off.id);
  expect((await server.api.get(`devices/ana/messages/${off.id}`)).data).toMatchObject({
    text: null,
    pushName: null,
  });
  const sent = await send('own text while it is off');
  expect(
    (await server.api.get<{ items: unknown[] }>(`devices/ana/chat-history/${CITRA}?source=store`)).data.items,
  ).toEqual([]);
  await server.waitForEvent((event) => event.messageId === sent && event.status === 'delivered');
  await server.api.put(`${NUMBERS}/${allowedId}/status`, { status: 'aktif' });
  const after = await citra.sendText(ANA, 'kept after the switch');
  await told(after.id);
  await restart();
  const rows = await history();
  expect([before, off, after].map(({ id }) => row(rows, id)?.text)).toEqual([
    'kept before the switch',
    undefined,
    'kept after the switch',
  ]);
  expect(row(rows, sent)).toBeUndefined();
  expect(filesWith(server.dataDir, 'words nobody keeps')).toEqual([]);
  const chatStores = join(server.dataDir, 'sessions');
  expect(filesWith(chatStores, 'own text while it is off')).toEqual([]);
  expect(filesWith(chatStores, 'kept after the switch')).toHaveLength(1);
  expect(server.events.some((event) => JSON.stringify(event).includes('words nobody keeps'))).toBe(false);
});

it('takes history and keys from nobody but our own phone', async () => {
  const stranger = createCompanion({ url: simulator.url });
  stranger.connect();
  await simulator.phone(DEWI).scanQr(await stranger.nextQr());
  await stranger.opened();
  const keysBefore = await appStateKeys();
  const message = { key: { remoteJid: `${CITRA}@s.whatsapp.net`, fromMe: false, id: 'FORGED' } };
  const forged = proto.HistorySync.encode({
    syncType: proto.HistorySync.HistorySyncType.RECENT,
    conversations: [
      {
        id: `${CITRA}@s.whatsapp.net`,
        messages: [
          {
            message: {
              ...message,
              message: { conversation: 'forged words' },
              messageTimestamp: Math.floor(Date.now() / 1000),
            },
          },
        ],
      },
    ],
  }).finish();
  const { Type } = proto.Message.ProtocolMessage;
  const talk: proto.Message.IProtocolMessage[] = [
    {
      type: Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType: proto.Message.HistorySyncType.RECENT,
        initialHistBootstrapInlinePayload: deflateSync(forged),
      },
    },
    {
      type: Type.APP_STATE_SYNC_KEY_SHARE,
      appStateSyncKeyShare: {
        keys: [{ keyId: { keyId: Buffer.from('forged') }, keyData: { keyData: Buffer.alloc(32, 1) } }],
      },
    },
  ];
  const ids: string[] = [];
  for (const protocolMessage of talk)
    ids.push(await stranger.socket().relayMessage(`${ANA}@s.whatsapp.net`, { protocolMessage }, {}));
  // What comes after it has been handled later.
  const last = await stranger.socket().sendMessage(`${ANA}@s.whatsapp.net`, { text: 'after the forgery' });
  await told(last?.key.id ?? '');
  const decrypted = await database.query<{ state: string }>({
    text: `select state from inbound_journal where wa_message_id in (${ids.map(() => '?').join(', ')})`,
    params: ids,
  });
  expect(decrypted).toEqual(ids.map(() => ({ state: 'skipped' })));
  await stranger.stop();
  await restart();
  expect(await tablesWith(database, 'forged words')).toEqual([]);
  expect(await appStateKeys()).toEqual(keysBefore);
});

function appStateKeys() {
  return database.query({
    text: "select key_id from auth_key where device_id = 'ana' and type = 'app-state-sync-key' order by key_id",
    params: [],
  });
}

/** The files below a folder in which the words are found, byte for byte. */
function filesWith(folder: string, words: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(words));
}
