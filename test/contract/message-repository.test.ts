import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import type {
  NewOutboundMessage,
  OutboundStatus,
  StoredReceivedMessage,
} from '../../src/messages/message.ts';
import { createMessageRepository } from '../../src/messages/message-repository.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const deviceId = 'device' as DeviceId;
const chat = '6281234567890@s.whatsapp.net' as Jid;
const id = (number: number) => String(number).padStart(26, '0');
const waId = (number: number) => `3EB0${String(number).padStart(18, '0')}` as WaMessageId;

const sent = (number: number, fields: Partial<NewOutboundMessage> = {}): NewOutboundMessage => ({
  id: id(number),
  deviceId,
  waMessageId: waId(number),
  chat,
  kind: 'text',
  text: `text ${number} 😀`,
  ...fields,
});

const received = (
  number: number,
  fields: Partial<StoredReceivedMessage> = {},
): Omit<StoredReceivedMessage, 'receivedAt'> => ({
  id: id(number),
  deviceId,
  waMessageId: waId(number),
  chat,
  chatAlt: null,
  participant: null,
  participantAlt: null,
  fromMe: false,
  pushName: 'Zoë',
  type: 'text',
  text: 'hello\u0000there',
  quotedWaMessageId: null,
  timestamp: new Date('2026-11-20T08:30:00.000Z'),
  ...fields,
});

describeOnEachDatabase('the message repository', (open) => {
  const repository = (database: Database) => createMessageRepository({ database, clock: systemClock });
  const at = new Date('2026-11-20T08:30:00.123Z');

  it('gives a message to send back as queued', async () => {
    const messages = repository(await open());
    const added = await messages.add(sent(1));
    expect(added).toMatchObject({
      ...sent(1),
      status: 'queued',
      attempts: 0,
      errorCode: null,
      ackedAt: null,
    });
    expect(await messages.find(deviceId, waId(1))).toEqual(added);
    expect(await messages.find('other' as DeviceId, waId(1))).toBeNull();
    await expect(messages.add(sent(2, { waMessageId: waId(1) }))).rejects.toBeInstanceOf(DuplicateKeyError);
    await messages.add(sent(3, { waMessageId: waId(1), deviceId: 'other' as DeviceId }));
  });

  it('moves a message through its life and notes the times', async () => {
    const messages = repository(await open());
    await messages.add(sent(1));
    const advance = (status: Exclude<OutboundStatus, 'queued'>) =>
      messages.advance(deviceId, { waMessageIds: [waId(1)], status, at });
    for (const status of ['sending', 'sending', 'server_ack', 'delivered', 'read', 'played'] as const) {
      expect(await advance(status)).toEqual([waId(1)]);
    }
    expect(await messages.find(deviceId, waId(1))).toMatchObject({
      status: 'played',
      attempts: 2,
      sendingAt: at,
      ackedAt: at,
      deliveredAt: at,
      readAt: at,
      playedAt: at,
      failedAt: null,
    });
    for (const status of ['sending', 'server_ack', 'delivered', 'read', 'played', 'failed'] as const) {
      expect(await advance(status)).toEqual([]);
    }
  });

  it('never goes back when news arrives out of order', async () => {
    const messages = repository(await open());
    for (const number of [1, 2, 3]) await messages.add(sent(number));
    await messages.advance(deviceId, { waMessageIds: [waId(2)], status: 'read', at });
    const moved = await messages.advance(deviceId, {
      waMessageIds: [waId(1), waId(2), waId(3), waId(99)],
      status: 'delivered',
      at,
    });
    expect(moved).toEqual([waId(1), waId(3)]);
    expect(await messages.find(deviceId, waId(2))).toMatchObject({ status: 'read' });
    expect(
      await messages.advance('other' as DeviceId, { waMessageIds: [waId(1)], status: 'read', at }),
    ).toEqual([]);
    expect(await messages.advance(deviceId, { waMessageIds: [], status: 'read', at })).toEqual([]);
  });

  it('keeps why a message failed until a receipt proves that it did not', async () => {
    const messages = repository(await open());
    await messages.add(sent(1));
    const error = { code: 'WHATSAPP_UNAVAILABLE', message: 'x'.repeat(900) };
    await messages.advance(deviceId, { waMessageIds: [waId(1)], status: 'failed', at, error });
    expect(await messages.find(deviceId, waId(1))).toMatchObject({
      status: 'failed',
      errorCode: 'WHATSAPP_UNAVAILABLE',
      errorMessage: 'x'.repeat(500),
      failedAt: at,
    });
    expect(await messages.advance(deviceId, { waMessageIds: [waId(1)], status: 'sending', at })).toEqual([]);
    await messages.advance(deviceId, { waMessageIds: [waId(1)], status: 'delivered', at });
    expect(await messages.find(deviceId, waId(1))).toMatchObject({ status: 'delivered', errorCode: null });
  });

  it('stores a received message once', async () => {
    const messages = repository(await open());
    const message = received(1, {
      participant: '1@lid' as Jid,
      chat: '1-2@g.us' as Jid,
      quotedWaMessageId: waId(9),
    });
    expect(await messages.addReceived(message)).toBe('stored');
    expect(await messages.addReceived({ ...message, id: id(2) })).toBe('duplicate');
    expect(await messages.addReceived({ ...message, id: id(3), fromMe: true })).toBe('stored');
    const [own, other] = await messages.list({ deviceId, direction: 'in', limit: 10 });
    expect(own).toMatchObject({ id: id(3), fromMe: true });
    expect(other).toMatchObject({ direction: 'in', ...message });
  });

  it('stores one copy when the same message arrives many times at once', async () => {
    const messages = repository(await open());
    const copies = Array.from({ length: 20 }, (_, index) => ({ ...received(1), id: id(index) }));
    const outcomes = await Promise.all(copies.map(messages.addReceived));
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
  });

  it('stores whatever strangers write, shortened where it must be', async () => {
    const messages = repository(await open());
    const hostile = received(1, {
      pushName: '😀'.repeat(300),
      type: 't'.repeat(100),
      text: `\ud800 lone ${'x'.repeat(100_000)}`,
      waMessageId: 'w'.repeat(500) as WaMessageId,
    });
    expect(await messages.addReceived(hostile)).toBe('stored');
    const [stored] = await messages.list({ deviceId, direction: 'in', limit: 1 });
    expect(stored).toMatchObject({ pushName: '😀'.repeat(191), text: `\ufffd lone ${'x'.repeat(100_000)}` });
  });

  it('pages through both directions, newest first, without gaps or doubles', async () => {
    const messages = repository(await open());
    for (let number = 1; number <= 40; number += 1) {
      await (number % 3 === 0 ? messages.add(sent(number)) : messages.addReceived(received(number)));
    }
    await messages.add(sent(50, { deviceId: 'other' as DeviceId }));
    const seen: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await messages.list({ deviceId, direction: 'both', limit: 7, before });
      if (page.length === 0) break;
      seen.push(...page.map((message) => message.id));
      before = seen.at(-1);
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => id(40 - index)));
    const out = await messages.list({ deviceId, direction: 'out', limit: 100 });
    expect(out.every(({ direction }) => direction === 'out')).toBe(true);
    expect(out).toHaveLength(13);
  });

  it('lists one chat under either of its addresses', async () => {
    const messages = repository(await open());
    const lid = '123@lid' as Jid;
    await messages.addReceived(received(1, { chatAlt: lid }));
    await messages.addReceived(received(2, { chat: lid, chatAlt: chat }));
    await messages.addReceived(received(3, { chat: '9@s.whatsapp.net' as Jid }));
    await messages.add(sent(4));
    const ids = async (address: Jid) =>
      (await messages.list({ deviceId, direction: 'both', chat: address, limit: 10 })).map(
        (message) => message.id,
      );
    expect(await ids(chat)).toEqual([id(4), id(2), id(1)]);
    expect(await ids(lid)).toEqual([id(2), id(1)]);
  });
});
