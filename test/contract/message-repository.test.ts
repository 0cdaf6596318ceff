import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { StoredReceivedMessage } from '../../src/messages/message.ts';
import { createMessageRepository } from '../../src/messages/message-repository.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const deviceId = 'device' as DeviceId;
const chat = '6281234567890@s.whatsapp.net' as Jid;
const id = (number: number) => String(number).padStart(26, '0');
const waId = (number: number) => `3EB0${String(number).padStart(18, '0')}` as WaMessageId;

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
    const [own, other] = await messages.page({ deviceId, limit: 10 });
    expect(own).toMatchObject({ id: id(3), fromMe: true });
    expect(other).toMatchObject(message);
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
    const [stored] = await messages.page({ deviceId, limit: 1 });
    expect(stored).toMatchObject({ pushName: '😀'.repeat(191), text: `\ufffd lone ${'x'.repeat(100_000)}` });
  });

  it('pages, newest first, without gaps or doubles', async () => {
    const messages = repository(await open());
    for (let number = 1; number <= 40; number += 1) await messages.addReceived(received(number));
    await messages.addReceived(received(50, { deviceId: 'other' as DeviceId }));
    const seen: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await messages.page({ deviceId, limit: 7, before });
      if (page.length === 0) break;
      seen.push(...page.map((message) => message.id));
      before = seen.at(-1);
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => id(40 - index)));
  });

  it('lists one chat under either of its addresses', async () => {
    const messages = repository(await open());
    const lid = '123@lid' as Jid;
    await messages.addReceived(received(1, { chatAlt: lid }));
    await messages.addReceived(received(2, { chat: lid, chatAlt: chat }));
    await messages.addReceived(received(3, { chat: '9@s.whatsapp.net' as Jid }));
    const ids = async (address: Jid) =>
      (await messages.page({ deviceId, chat: address, limit: 10 })).map((message) => message.id);
    expect(await ids(chat)).toEqual([id(2), id(1)]);
    expect(await ids(lid)).toEqual([id(2), id(1)]);
  });
});
