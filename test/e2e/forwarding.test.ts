import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { proto } from '@whiskeysockets/baileys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { type Companion, createCompanion } from '../support/companion.ts';
import * as files from '../support/media-files.ts';
import { mediaEnvironment } from '../support/received-media.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

let simulator: TestSimulator;
let server: TestServer;
let budi: Phone;
/** A linked device of Citra, which shows messages as they came. */
let citra: Companion;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator, environment: mediaEnvironment(simulator) });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  budi = simulator.phone(BUDI, 'Budi');
  citra = createCompanion({ url: simulator.url });
  citra.connect();
  await simulator.phone(CITRA, 'Citra').scanQr(await citra.nextQr());
  await citra.opened();
  await citra.synced();
});
afterAll(async () => {
  await citra.stop();
  await server.stop();
  await simulator.close();
});

const send = (body: object) =>
  server.api.post<{ messageId: string }>('devices/ana/messages', { to: CITRA, ...body });
/** What Citra is told by a message that is sent. */
const said = async (body: object): Promise<proto.IMessage & { id: string }> => {
  const { status, data, text } = await send(body);
  expect(status, text).toBe(200);
  const { messageId: id } = data;
  const { message } = await citra.messages.waitFor((each) => each.key.id === id && Boolean(each.message));
  return { ...message, id };
};
const base64 = (file: Uint8Array) => Buffer.from(file).toString('base64');
/** The hash of the file of a message, as Citra's phone got it. */
const hashOf = async (messageId: string) => {
  const phone = simulator.phone(CITRA);
  const { media } = await waitForMessage(
    phone,
    ({ id, media: got }) => id === messageId && got?.state === 'downloaded',
  );
  return media?.received?.sha256;
};

describe('a message that is forwarded', () => {
  it('says so, and how often', async () => {
    const first = await said({ type: 'text', text: 'pass it on', mentions: [BUDI] });
    const second = await said({ type: 'forward', messageId: first.id });
    const third = await said({ type: 'forward', messageId: second.id });
    const marks = [second, third].map(({ extendedTextMessage: text }) => [
      text?.text,
      text?.contextInfo?.isForwarded,
      text?.contextInfo?.forwardingScore,
      text?.contextInfo?.mentionedJid ?? [],
    ]);
    expect(marks).toEqual([
      ['pass it on', true, 1, []],
      ['pass it on', true, 2, []],
    ]);
  });

  it('may be a place or a contact card of ours', async () => {
    const place = await said({ type: 'location', latitude: -6.2, longitude: 106.8, name: 'the shop' });
    const placeAgain = await said({ type: 'forward', messageId: place.id });
    expect(placeAgain.locationMessage).toMatchObject({
      name: 'the shop',
      contextInfo: { isForwarded: true, forwardingScore: 1 },
    });
    const card = await said({ type: 'contact', contacts: [{ name: 'Budi', number: BUDI }] });
    const cardAgain = await said({ type: 'forward', messageId: card.id });
    expect(cardAgain.contactMessage).toMatchObject({
      displayName: 'Budi',
      contextInfo: { isForwarded: true },
    });
  });

  it('may bring a file we sent, with its caption', async () => {
    const file = await files.pngFile();
    const first = await said({ type: 'image', base64: base64(file), caption: 'look' });
    const again = await said({ type: 'forward', messageId: first.id });
    expect(again.imageMessage).toMatchObject({
      caption: 'look',
      contextInfo: { isForwarded: true, forwardingScore: 1 },
    });
    expect(await hashOf(again.id)).toBe(files.sha256Of(file));
  });

  it.each([
    [
      'a document',
      { kind: 'document', mimetype: 'application/pdf', fileName: 'bill.pdf' },
      () => files.pdfFile(5_000),
    ],
    ['a picture', { kind: 'image', mimetype: 'image/jpeg', caption: 'the sea' }, files.jpegFile],
    ['a voice note', { kind: 'voice', mimetype: 'audio/ogg; codecs=opus', seconds: 3 }, files.opusFile],
  ] as const)('may bring a file we received: %s', async (_name, media, make) => {
    const file = await make();
    const { id } = await budi.sendMedia(ANA, { ...media, file });
    await server.waitForEvent((event) => event.type === 'message' && JSON.stringify(event).includes(id));
    const again = await said({ type: 'forward', messageId: id });
    const { documentMessage, imageMessage, audioMessage } = again;
    expect((documentMessage ?? imageMessage ?? audioMessage)?.contextInfo?.isForwarded).toBe(true);
    expect(documentMessage?.fileName ?? null).toBe('fileName' in media ? media.fileName : null);
    expect(imageMessage?.caption ?? null).toBe('caption' in media ? media.caption : null);
    expect(audioMessage?.ptt ?? null).toBe(media.kind === 'voice' ? true : null);
    expect(await hashOf(again.id)).toBe(files.sha256Of(file));
  });

  it('is refused where it cannot be said again', async () => {
    const poll = await said({ type: 'poll', question: 'q', options: ['a', 'b'] });
    const once = await said({ type: 'image', base64: base64(await files.pngFile(20, 20)), viewOnce: true });
    for (const { id } of [poll, once]) {
      expect(await send({ type: 'forward', messageId: id })).toMatchObject({
        status: 422,
        code: 'MESSAGE_KIND_UNSUPPORTED',
      });
    }
    const gone = await said({ type: 'document', base64: base64(files.pdfFile(6_000)) });
    const kept = join(server.dataDir, 'media');
    const hash = files.sha256Of(files.pdfFile(6_000));
    expect(readdirSync(join(kept, hash.slice(0, 2)))).toContain(hash);
    rmSync(join(kept, hash.slice(0, 2), hash));
    expect(await send({ type: 'forward', messageId: gone.id })).toMatchObject({
      status: 410,
      code: 'MEDIA_EXPIRED',
    });
  });
});

describe('a file that can be opened once', () => {
  it.each([
    ['image', files.jpegFile],
    ['video', files.mp4File],
    ['voice', files.opusFile],
  ] as const)('is told to be one, and arrives: %s', async (type, make) => {
    const file = await make();
    const message = await said({ type, base64: base64(file), viewOnce: true });
    const inside = (message.viewOnceMessage ?? message.viewOnceMessageV2Extension)?.message;
    const { imageMessage, videoMessage, audioMessage } = inside ?? {};
    expect((imageMessage ?? videoMessage ?? audioMessage)?.viewOnce).toBe(true);
    expect(Boolean(message.viewOnceMessageV2Extension)).toBe(type === 'voice');
    expect(await hashOf(message.id)).toBe(files.sha256Of(file));
  });
});
