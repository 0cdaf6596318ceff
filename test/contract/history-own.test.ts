import { beforeEach, expect, it } from 'vitest';
import { parseJsonColumn } from '../../src/database/columns.ts';
import type { Database } from '../../src/database/database.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import { type OwnMessageRecorder, startOwnMessageRecorder } from '../../src/history/own-message-recorder.ts';
import { createOwnMessageRepository } from '../../src/history/own-message-repository.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import type { NewOutboxMessage } from '../../src/outbox/outbox-message.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import type { WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, allow, chatsOf, clearHistory, historyOf } from '../support/history.ts';
import { ingestOn } from '../support/inbound.ts';
import { deviceId, message, NOW, prepareOutbox, waId } from '../support/outbox-rows.ts';

const OWN = { jid: '6281200000001:3@s.whatsapp.net' as Jid, lid: '1111111@lid' as Jid };
const CONTACT = '6281234567890';
const LID = '777000777@lid' as Jid;

describeOnEachDatabase('history of what is sent', (open) => {
  let database: Database;
  let bench: Awaited<ReturnType<typeof prepareOutbox>>;
  let recorder: OwnMessageRecorder;
  let tell: (event: Pick<OutboxEvent, 'waMessageId' | 'status'>) => void;
  let hear: (event: DeviceEvent) => void;
  let ingest: ReturnType<typeof ingestOn>;

  const start = () => {
    const clock = createManualClock(new Date(NOW.getTime() + 1_000));
    const fail = (error: unknown) => {
      throw error;
    };
    const outboxEvents = createEventBus<OutboxEvent>(fail);
    const deviceEvents = createEventBus<DeviceEvent>(fail);
    ingest = ingestOn(database);
    const own = createOwnMessageRepository({ database });
    recorder = startOwnMessageRecorder({
      ...ingest,
      outboxEvents,
      deviceEvents,
      own,
      clock,
      log: silentLogger,
    });
    tell = (event) =>
      outboxEvents.publish({
        type: 'status-changed',
        deviceId,
        error: null,
        refusal: null,
        jobId: null,
        dueAt: null,
        ...event,
      });
    hear = deviceEvents.publish;
  };
  const send = async (number: number, fields: Partial<NewOutboxMessage> = {}) => {
    await bench.outbox.add([message(number, fields)]);
    expect(await bench.claim(number, 7, fields)).toBe(true);
    await advance(number, 'server_ack');
  };
  const advance = async (number: number, status: 'server_ack' | 'delivered' | 'read') => {
    const waMessageIds = [waId(number)];
    expect(await bench.outbox.advance(deviceId, { waMessageIds, status, at: NOW })).toEqual(waMessageIds);
  };
  const history = () => historyOf(database, deviceId);
  const catchUp = async () => {
    const work = recorder.startCatchUp();
    await work.firstRound;
    await work.stop();
  };

  beforeEach(async () => {
    database ??= await open();
    await clearHistory(database);
    bench = await prepareOutbox(database);
    await addLinkedDevice(database, { deviceId, ...OWN });
    await allow(database, { number: '6281200000001', status: 'aktif' });
    start();
  });

  it('is kept once and moves on with receipts', async () => {
    await send(1);
    tell({ waMessageId: waId(1), status: 'server_ack' });
    await recorder.drain();
    await advance(1, 'delivered');
    tell({ waMessageId: waId(1), status: 'delivered' });
    tell({ waMessageId: waId(1), status: 'server_ack' });
    await recorder.drain();
    expect(await history()).toMatchObject([
      {
        chat_jid: `${CONTACT}@s.whatsapp.net`,
        direction: 'out',
        own_number: '6281200000001',
        sender_number: '6281200000001',
        receiver_number: CONTACT,
        contact_number: CONTACT,
        type: 'text',
        text: 'text 1 😀',
        status: 'delivered',
        source: 'own',
      },
    ]);
    expect(await chatsOf(database, deviceId)).toMatchObject([{ phone_number: CONTACT }]);
  });

  it('says of a file what is said of one that came', async () => {
    const known = { mimetype: 'image/jpeg', fileName: 'cat.jpg', sizeBytes: 12_345, seconds: null };
    const size = { width: 640, height: 480 };
    const inside = { blob: 'a'.repeat(64), waveform: null, thumbnail: 'AAAA' };
    const media = { ...known, ...size, ...inside };
    await send(1, { kind: 'image', text: 'a cat', content: { kind: 'image', media, caption: 'a cat' } });
    await send(2);
    await catchUp();
    const rows = await history();
    expect(rows.map(({ type, text }) => [type, text])).toEqual([
      ['image', 'a cat'],
      ['text', 'text 2 😀'],
    ]);
    expect(rows.map(({ media }) => parseJsonColumn(media))).toEqual([{ ...known, ...size }, null]);
  });

  it('is found after a crash, by whoever starts, with the items of jobs', async () => {
    for (let number = 1; number <= 250; number += 1) {
      await bench.outbox.add([message(number, { source: 'job', jobId: '1'.repeat(26), itemIndex: number })]);
    }
    const done = {
      text: "update outbound_message set status = 'read', sending_at = ?, acked_at = ?",
      params: [NOW, NOW],
    };
    await database.run(done);
    await send(251);
    tell({ waMessageId: waId(251), status: 'server_ack' });
    await recorder.drain();
    await advance(251, 'read');
    start();
    await catchUp();
    await catchUp();
    const rows = await history();
    expect(new Set(rows.map(({ wa_message_id }) => wa_message_id)).size).toBe(251);
    expect(rows).toHaveLength(251);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['read']));
  });

  it('is not kept while the number is not switched on, nor afterwards', async () => {
    for (const status of ['nonaktif', null]) {
      await allow(database, { number: '6281200000001', status });
      await bench.outbox.add([message(status === null ? 1 : 2)]);
    }
    await database.run({
      text: "update outbound_message set status = 'server_ack', sending_at = ?, acked_at = ?",
      params: [NOW, NOW],
    });
    tell({ waMessageId: waId(1), status: 'server_ack' });
    await recorder.drain();
    await allow(database, {
      number: '6281200000001',
      status: 'aktif',
      updatedAt: new Date(NOW.getTime() + 1),
    });
    await catchUp();
    expect(await history()).toEqual([]);
  });

  it('changes with our own edits, revokes and reactions', async () => {
    const target = (number: number, fromMe = true) => ({
      waMessageId: waId(number),
      fromMe,
      participant: null,
    });
    await send(1);
    await send(2);
    await send(3, {
      kind: 'edit',
      text: 'better',
      content: { kind: 'edit', text: 'better', target: target(1) },
    });
    await send(4, { kind: 'revoke', text: null, content: { kind: 'revoke', target: target(2) } });
    await send(5, {
      kind: 'reaction',
      text: '👍',
      content: { kind: 'reaction', emoji: '👍', target: target(1) },
    });
    for (const number of [1, 2, 3, 4, 5]) tell({ waMessageId: waId(number), status: 'server_ack' });
    await recorder.drain();
    await catchUp();
    const rows = await history();
    expect(rows).toHaveLength(2);
    const [first, second] = [1, 2].map((number) => rows.find(({ wa_message_id: id }) => id === waId(number)));
    expect(first).toMatchObject({ text: 'better', edited_at: NOW });
    expect(JSON.parse(first?.reactions ?? '')).toEqual({ '6281200000001@s.whatsapp.net': '👍' });
    expect(second).toMatchObject({ text: null, revoked_at: NOW });
  });

  it('belongs to the number as soon as it is known who is behind a hidden id', async () => {
    await send(1, { to: LID });
    tell({ waMessageId: waId(1), status: 'server_ack' });
    await recorder.drain();
    expect(await history()).toMatchObject([{ chat_jid: LID, receiver_number: null }]);
    const { statements } = await ingest.identities.read(deviceId, {
      lids: [],
      news: [{ lid: LID, number: CONTACT }],
      account: null,
    });
    await ingest.repository.write(statements);
    expect(await history()).toMatchObject([
      { chat_jid: `${CONTACT}@s.whatsapp.net`, receiver_number: CONTACT, contact_number: CONTACT },
    ]);
    await catchUp();
    expect(await history()).toHaveLength(1);
  });

  it('takes receipts for what the owner wrote on the phone', async () => {
    const waMessageId = 'PHONE1' as WaMessageId;
    const received = {
      waMessageId,
      chat: `${CONTACT}@s.whatsapp.net` as Jid,
      chatAlt: null,
      participant: null,
      participantAlt: null,
      fromMe: true,
      pushName: null,
      type: 'text',
      text: 'from the phone',
      quotedWaMessageId: null,
      timestamp: NOW,
    };
    await ingest.keep(deviceId, received, { jid: OWN.jid, lid: OWN.lid });
    for (const kind of ['read', 'delivered'] as const) {
      hear({ type: 'receipt', deviceId, waMessageIds: [waMessageId], kind, from: received.chat, at: NOW });
      await recorder.drain();
    }
    expect(await history()).toMatchObject([{ status: 'read', direction: 'out' }]);
  });
});
