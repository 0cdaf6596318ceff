import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import * as files from '../support/media-files.ts';
import { downloadFrom, type MessageAnswer, mediaEnvironment } from '../support/received-media.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

/** A sends over HTTP; B is a device of the same server; C, D and E have phones only. */
const ANA = '6281200000001';
const BUDI = '6281200000002';
const OTHERS = ['6281200000003', '6281200000004', '6281200000005'];

interface Shown extends MessageAnswer {
  readonly text: string | null;
  readonly fromMe: boolean;
  readonly quotedMessageId: string | null;
}

let simulator: TestSimulator;
let server: TestServer;
let group: string;
let others: readonly Phone[];
/** A text of A in each chat, to be answered, reacted to, passed on. */
const said = new Map<Chat, string>();

type Chat = 'a chat of two' | 'a group of five';
const CHATS = ['a chat of two', 'a group of five'] as const;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator, environment: mediaEnvironment(simulator) });
  others = OTHERS.map((number) => simulator.phone(number, number));
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
  const made = await server.api.post<{ group: { groupId: string; participantCount: number } }>(
    'devices/ana/groups',
    { subject: 'five of us', participants: [BUDI, ...OTHERS] },
  );
  expect(made.data.group.participantCount).toBe(5);
  group = made.data.group.groupId;
  for (const chat of CHATS) said.set(chat, await send(chat, { type: 'text', text: `hello in ${chat}` }));
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const placeOf = (chat: Chat, sender = 'ana') => {
  if (chat === 'a group of five') return group;
  return sender === 'ana' ? BUDI : ANA;
};
/** Sends by a device over HTTP; resolves with the id. */
const send = async (chat: Chat, body: object, sender = 'ana') => {
  const to = placeOf(chat, sender);
  const answer = await server.api.post<Shown>(`devices/${sender}/messages`, { to, ...body });
  expect(answer.status, answer.text).toBe(200);
  return answer.data.messageId;
};
/** The message as a device has it. */
const arrivedAt = async (deviceId: string, id: string) => {
  await server.waitForEvent(
    (event) =>
      event.type === 'message' && event.deviceId === deviceId && JSON.stringify(event).includes(`"${id}"`),
  );
  return (await server.api.get<Shown>(`devices/${deviceId}/messages/${id}`)).data;
};
const base64 = (file: Uint8Array) => Buffer.from(file).toString('base64');

const TEXTS: readonly (readonly [string, (chat: Chat) => object, Partial<Shown>, string])[] = [
  ['text', () => ({ type: 'text', text: 'bytes: é 👋🏽' }), { type: 'text', text: 'bytes: é 👋🏽' }, 'text'],
  [
    'a text that names somebody',
    () => ({ type: 'text', text: `for @${BUDI}`, mentions: [BUDI] }),
    { type: 'text', text: `for @${BUDI}` },
    'text',
  ],
  [
    'reply',
    (chat) => ({ type: 'text', text: 'about that', quotedMessageId: said.get(chat) }),
    { type: 'text', text: 'about that' },
    'text',
  ],
  [
    'location',
    () => ({ type: 'location', latitude: -6.2, longitude: 106.8, name: 'the shop' }),
    { type: 'location' },
    'locationMessage',
  ],
  [
    'contact',
    () => ({ type: 'contact', contacts: [{ name: 'Citra', number: OTHERS[0] }] }),
    { type: 'contact', text: 'Citra' },
    'contactMessage',
  ],
  [
    'poll',
    () => ({ type: 'poll', question: 'When?', options: ['now', 'later'] }),
    { type: 'poll', text: 'When?' },
    'pollCreationMessageV3',
  ],
  [
    'reaction',
    (chat) => ({ type: 'reaction', messageId: said.get(chat), emoji: '🎉' }),
    { type: 'reaction', text: '🎉' },
    'reactionMessage',
  ],
  [
    'forward',
    (chat) => ({ type: 'forward', messageId: said.get(chat) }),
    { type: 'text', text: expect.stringContaining('hello in') },
    'text',
  ],
];

const FILES: readonly (readonly [string, string, () => Promise<Uint8Array> | Uint8Array, object])[] = [
  ['image', 'image', files.jpegFile, { caption: 'a picture' }],
  ['video', 'video', () => files.mp4File(20_000), { caption: 'a film' }],
  ['gif', 'video', () => files.mp4File(9_000, 2), {}],
  ['audio', 'audio', files.mp3File, {}],
  ['voice', 'voice', files.opusFile, {}],
  ['document', 'document', () => files.pdfFile(70_000), { fileName: 'bill.pdf', caption: 'a bill' }],
  ['sticker', 'sticker', files.webpFile, {}],
  ['image', 'image', files.pngFile, { viewOnce: true }],
];

describe.each(CHATS)('in %s', (chat) => {
  const phonesThere = () => (chat === 'a group of five' ? others : []);

  it.each(TEXTS)('%s arrives at everybody', async (_name, body, shown, kind) => {
    const id = await send(chat, body(chat));
    expect(await arrivedAt('budi', id)).toMatchObject({ ...shown, fromMe: false });
    for (const phone of phonesThere()) {
      const message = await waitForMessage(phone, (each) => each.id === id);
      expect([message.kind, message.author]).toEqual([kind, ANA]);
    }
  });

  it.each(FILES)('%s arrives at everybody with its bytes', async (type, shown, make, beside) => {
    const file = await make();
    const hash = files.sha256Of(file);
    const id = await send(chat, { type, base64: base64(file), ...beside });
    const arrived = await arrivedAt('budi', id);
    expect(arrived).toMatchObject({ type: shown, media: { sizeBytes: file.length } });
    const { status, bytes } = await downloadFrom(server, arrived.media?.downloadPath ?? '');
    expect([status, files.sha256Of(bytes)]).toEqual([200, hash]);
    for (const phone of phonesThere()) {
      const { media } = await waitForMessage(
        phone,
        (each) => each.id === id && each.media !== null && each.media.state !== 'downloading',
      );
      expect([media?.problem, media?.received?.sha256]).toEqual([null, hash]);
    }
  });

  it('an edit and a revocation by A arrive at everybody', async () => {
    const id = await send(chat, { type: 'text', text: 'at nien' });
    await arrivedAt('budi', id);
    const edit = await server.api.patch<Shown>(`devices/ana/messages/${id}`, { text: 'at nine' });
    const edited = await arrivedAt('budi', edit.data.messageId);
    expect(edited).toMatchObject({ type: 'edit', text: 'at nine', quotedMessageId: id });
    for (const phone of phonesThere())
      await waitForMessage(phone, (each) => each.id === id && each.edited && each.text === 'at nine');
    const revocation = await server.api.delete<Shown>(`devices/ana/messages/${id}`);
    const revoked = await arrivedAt('budi', revocation.data.messageId);
    expect(revoked).toMatchObject({ type: 'revoke', quotedMessageId: id });
    for (const phone of phonesThere()) await waitForMessage(phone, (each) => each.id === id && each.revoked);
  });

  it('the reply, reaction, edit and revocation of B come back to A', async () => {
    const asked = said.get(chat);
    const sendBack = (body: object) => send(chat, body, 'budi');
    const reply = await sendBack({ type: 'text', text: 'I do', quotedMessageId: asked });
    const reaction = await sendBack({ type: 'reaction', messageId: asked, emoji: '👍' });
    const changed = await sendBack({ type: 'text', text: 'at tne' });
    const edit = await server.api.patch<Shown>(`devices/budi/messages/${changed}`, { text: 'at ten' });
    const taken = await sendBack({ type: 'text', text: 'never mind' });
    const revocation = await server.api.delete<Shown>(`devices/budi/messages/${taken}`);
    await arrivedAt('ana', revocation.data.messageId);

    const path = `devices/ana/messages?direction=in&chat=${encodeURIComponent(placeOf(chat))}&limit=50`;
    const { items } = (await server.api.get<{ items: Shown[] }>(path)).data;
    const listed = items.map(({ messageId, type, text, quotedMessageId, fromMe }) =>
      [messageId, type, text, quotedMessageId, fromMe].join(' '),
    );
    for (const expected of [
      [reply, 'text', 'I do', asked, false],
      [reaction, 'reaction', '👍', asked, false],
      [changed, 'text', 'at tne', null, false],
      [edit.data.messageId, 'edit', 'at ten', changed, false],
      [taken, 'text', 'never mind', null, false],
      [revocation.data.messageId, 'revoke', null, taken, false],
    ])
      expect(listed).toContain(expected.join(' '));

    const history = chat === 'a group of five' ? 'group-chat-history' : 'chat-history';
    const told = await server.api.get<{ items: Shown[] }>(
      `devices/ana/${history}/${encodeURIComponent(placeOf(chat))}?source=store&limit=100`,
    );
    const textOf = (id: string) => told.data.items.find(({ messageId }) => messageId === id)?.text;
    expect([reply, reaction, changed, taken].map(textOf)).toEqual(['I do', '👍', 'at ten', null]);
  });
});
