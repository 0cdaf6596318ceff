import type { Database } from '../../src/database/database.ts';
import { createEventLog } from '../../src/events/create-event-log.ts';
import type { NewEvent } from '../../src/events/event-log.ts';
import { createEventLogRepository } from '../../src/events/event-log-repository.ts';
import { createEventWriter } from '../../src/events/event-writer.ts';
import type { StoredReceivedMessage } from '../../src/messages/message.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds, type DeviceId, type WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

export const ANA = 'ana' as DeviceId;
export const BUDI = 'budi' as DeviceId;

const ids = createIds({ clock: systemClock, random: systemRandom });

/** The event log as one process has it. */
export function createTestEventLog(database: Database, clock: Clock = systemClock) {
  const announced = createEventBus<void>((error) => {
    throw error;
  });
  const repository = createEventLogRepository({ database });
  const onWritten = () => announced.publish();
  const onDelayed = () => {};
  const writer = createEventWriter({ repository, onWritten, onDelayed, clock, log: silentLogger });
  return createEventLog({ repository, writer, announced });
}

/** An event about nothing in particular. */
export function newEvent(fields: Partial<NewEvent> = {}): NewEvent {
  return {
    id: ids.next(),
    type: 'message_status',
    deviceId: ANA,
    messageId: null,
    at: new Date('2026-11-20T08:30:00.123Z'),
    data: { messageId: '3EB0', status: 'server_ack' },
    ...fields,
  };
}

export function newEvents(count: number, fields: Partial<NewEvent> = {}): NewEvent[] {
  return Array.from({ length: count }, () => newEvent(fields));
}

/** A message for ANA. */
export function receivedMessage(fields: Partial<StoredReceivedMessage> = {}): StoredReceivedMessage {
  return {
    id: ids.next(),
    deviceId: ANA,
    waMessageId: ids.nextWaMessageId() as WaMessageId,
    chat: '6281234567890@s.whatsapp.net' as Jid,
    chatAlt: null,
    participant: null,
    participantAlt: null,
    fromMe: false,
    pushName: 'Zoë',
    type: 'text',
    text: 'hello',
    quotedWaMessageId: null,
    timestamp: new Date('2026-11-20T08:30:00.000Z'),
    receivedAt: new Date('2026-11-20T08:30:01.000Z'),
    ...fields,
  };
}

/** What tells of it. */
export function eventOf(message: StoredReceivedMessage): NewEvent {
  return newEvent({ type: 'message', deviceId: message.deviceId, messageId: message.id, data: {} });
}
