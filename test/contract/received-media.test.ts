import * as library from '@whiskeysockets/baileys';
import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createEventLogRepository } from '../../src/events/event-log-repository.ts';
import { createReceivedMediaRepository } from '../../src/media/received-media-repository.ts';
import { createMediaSealer } from '../../src/media/received-media-sealer.ts';
import type { MessageEvent } from '../../src/messages/message-events.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createInboundReader } from '../../src/whatsapp/inbound-reader.ts';
import { parseJid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, allow, clearHistory, historyOf } from '../support/history.ts';
import { ingestOn, testKeyRing } from '../support/inbound.ts';
import {
  type Contact,
  clearReceiver,
  createContact,
  DEVICE,
  openReceiver,
  type Receiver,
  storageFor,
} from '../support/inbound-parties.ts';

const OWN = '6281230000001';
const CITRA = '6281230000077@s.whatsapp.net';

const IMAGE = {
  url: 'https://evil.example/v/url-of-the-file',
  directPath: '/v/path-of-the-file',
  mimetype: 'image/png',
  mediaKey: Buffer.alloc(32, 0xa1),
  fileSha256: Buffer.alloc(32, 0xa2),
  fileEncSha256: Buffer.alloc(32, 0xa3),
  fileLength: 1234,
  width: 10,
  height: 20,
};
/** What opens the file, in the ways in which it could be written down. */
const SECRETS = [IMAGE.mediaKey, IMAGE.fileEncSha256].flatMap((bytes) => [
  bytes.toString('base64'),
  bytes.toString('hex'),
  JSON.stringify([...bytes]).slice(1, -1),
]);
const WORDS = [...SECRETS, IMAGE.directPath, 'url-of-the-file'];

describeOnEachDatabase('what opens a received file', (open) => {
  let database: Database;
  let receiver: Receiver;
  let citra: Contact;
  let published: MessageEvent[];
  let count = 0;

  const say = async (content: library.proto.IMessage) => {
    count += 1;
    const id = `F${count}`;
    const enc = [await citra.encrypt(receiver, content)];
    const sent = { id, from: CITRA, attrs: { t: '1790000000' }, enc };
    expect((await receiver.receive(sent)).failure).toBeNull();
    const ingest = ingestOn(database);
    ingest.published.subscribe((event) => published.push(event));
    await ingest.take(DEVICE, createInboundReader({ ...receiver.auth, library, clock: systemClock }));
    return id;
  };
  const image = () => say({ imageMessage: library.proto.Message.ImageMessage.fromObject(IMAGE) });
  const files = (ring = testKeyRing) =>
    createReceivedMediaRepository({ database, sealer: createMediaSealer(ring) });
  const everything = async () => {
    const tables = ['received_message', 'history_message', 'event_log', 'chat', 'inbound_journal'];
    const rows = await Promise.all(
      tables.map((table) => database.query({ text: `select * from ${table}`, params: [] })),
    );
    return JSON.stringify(rows, (_, value: unknown) => textOf(value));
  };

  beforeEach(async () => {
    database ??= await open();
    await clearReceiver(database);
    await clearHistory(database);
    await database.run({ text: 'delete from received_message', params: [] });
    published = [];
    receiver = await openReceiver(database, storageFor());
    const { id = '', lid = '' } = receiver.auth.creds.me ?? {};
    const jid = parseJid(id);
    if (!jid) throw new Error('the receiver has no address');
    await addLinkedDevice(database, { deviceId: DEVICE, jid, lid: parseJid(lid) });
    citra = createContact(CITRA);
    await citra.meet(receiver);
  });

  it('is kept sealed, with the message, and is nowhere else', async () => {
    await allow(database, { number: OWN, status: 'aktif' });
    const id = await image();
    const found = await files().find(DEVICE, id);
    expect(found).toMatchObject({
      type: 'image',
      media: { mimetype: 'image/png', sizeBytes: 1234, width: 10, height: 20 },
      key: { secret: { kind: 'image', directPath: IMAGE.directPath, sizeBytes: 1234 } },
    });
    expect(Buffer.from(found?.key?.secret.mediaKey ?? []).equals(IMAGE.mediaKey)).toBe(true);
    expect(await historyOf(database, DEVICE)).toHaveLength(1);
    const stored = await everything();
    for (const word of WORDS) expect(stored).not.toContain(word);
  });

  it('is told to nobody: what is published and logged has what may be known of the file', async () => {
    const id = await image();
    const [event] = await createEventLogRepository({ database }).after(0, 10);
    const row = await files().find(DEVICE, id);
    expect(event?.data).toMatchObject({
      message: {
        messageId: id,
        media: {
          mimetype: 'image/png',
          sizeBytes: 1234,
          downloadPath: `/api/whatsapp-multi-device/devices/${DEVICE}/media/${row?.id}`,
        },
      },
    });
    expect(published).toHaveLength(1);
    expect(published[0]?.message).not.toHaveProperty('mediaSecret');
    for (const word of WORDS) expect(JSON.stringify([event, published])).not.toContain(word);
  });

  it('is not kept of a number that is switched off', async () => {
    await allow(database, { number: OWN, status: 'nonaktif' });
    const id = await image();
    expect(await files().find(DEVICE, id)).toMatchObject({ type: 'image', media: null, key: null });
  });

  it('is found by our id before that of WhatsApp, and only for its device', async () => {
    const first = await image();
    const row = await files().find(DEVICE, first);
    expect(await files().find(DEVICE, row?.id ?? '')).toMatchObject({ waMessageId: first });
    expect(await files().find(DEVICE, 'unknown')).toBeNull();
  });

  it('follows the file to where the phone put it anew, unless it was erased meanwhile', async () => {
    const id = await image();
    const row = await files().find(DEVICE, id);
    if (!row?.key) throw new Error('the file was not kept');
    const moved = { ...row.key, secret: { ...row.key.secret, directPath: '/v/another' } };
    await files().moved(row.id, moved);
    expect((await files().find(DEVICE, id))?.key?.secret.directPath).toBe('/v/another');
    await database.run({ text: 'update received_message set media_sealed = null', params: [] });
    await files().moved(row.id, moved);
    expect((await files().find(DEVICE, id))?.key).toBeNull();
  });

  it('outlives a change of the master key; what no key opens is no file, and stops nothing', async () => {
    const [one, other] = [await image(), await image()];
    await database.run({
      text: 'update received_message set media_sealed = ? where wa_message_id = ?',
      params: [Buffer.from('damaged'), other],
    });
    const next = { id: 'next', key: Buffer.alloc(32, 7), previous: [testKeyRing] };
    await files(next).reseal();
    const alone = files({ ...next, previous: [] });
    expect((await alone.find(DEVICE, one))?.key?.secret.directPath).toBe(IMAGE.directPath);
    expect((await alone.find(DEVICE, other))?.key).toBeNull();
  });
});

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
}
