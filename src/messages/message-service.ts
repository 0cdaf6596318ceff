import type { Device } from '../devices/device.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import type { OutboundStatus } from './message.ts';
import type { MessageEvent } from './message-events.ts';
import type { MessagePage, MessageRepository } from './message-repository.ts';
import { type MessageView, toMessageView } from './message-view.ts';

export interface MessageServiceDeps {
  devices: { find(deviceId: DeviceId): Promise<Device | null> };
  sockets: { socketOf(deviceId: DeviceId): Pick<WhatsAppSocket, 'sendText'> };
  messages: Pick<MessageRepository, 'add' | 'advance' | 'find' | 'list'>;
  deviceEvents: EventBus<DeviceEvent>;
  messageEvents: EventBus<MessageEvent>;
  ids: Ids;
  clock: Clock;
  defaultCountry: DefaultCountry;
}

export interface SentMessage {
  readonly messageId: WaMessageId;
  readonly to: Jid;
  readonly status: OutboundStatus;
}

export type MessageService = ReturnType<typeof createMessageService>;

/** How long a synchronous send waits for the server's ack, in ms; shorter than what HTTP clients wait. */
const ACK_TIMEOUT_MS = 25_000;

type Outcome =
  | { kind: 'acked'; status: OutboundStatus }
  | { kind: 'refused'; code: number }
  | { kind: 'unknown' };

/** Single texts, sent while the caller waits, and what became of them. Throws DEVICE_NOT_FOUND for an unknown device. */
export function createMessageService(deps: MessageServiceDeps) {
  const { devices, sockets, messages, ids, clock } = deps;

  async function getDevice(deviceId: DeviceId): Promise<Device> {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return device;
  }

  return {
    /**
     * Sends a text and resolves when WhatsApp's server took it. Throws RECIPIENT_INVALID, PHONE_NUMBER_INVALID,
     * DEVICE_NOT_CONNECTED, SEND_REFUSED, and WHATSAPP_UNAVAILABLE when no answer came: the message may have left then.
     */
    async sendText(deviceId: DeviceId, recipient: string, text: string): Promise<SentMessage> {
      await getDevice(deviceId);
      const to = parseRecipient(recipient, deps.defaultCountry);
      const socket = sockets.socketOf(deviceId);
      const messageId = ids.nextWaMessageId();
      await messages.add({ id: ids.next(), deviceId, waMessageId: messageId, chat: to, kind: 'text', text });
      await messages.advance(deviceId, { waMessageIds: [messageId], status: 'sending', at: clock.now() });

      const outcome = awaitOutcome(deps, deviceId, messageId);
      try {
        await socket.sendText({ waMessageId: messageId, to, text });
      } catch (error) {
        outcome.cancel();
        const failure = { code: 'SEND_FAILED', message: 'The message could not be handed to WhatsApp' };
        await messages.advance(deviceId, {
          waMessageIds: [messageId],
          status: 'failed',
          at: clock.now(),
          error: failure,
        });
        throw new AppError('WHATSAPP_UNAVAILABLE', { messageId }, { cause: error });
      }
      const result = await outcome.settled;
      if (result.kind === 'refused') throw new AppError('SEND_REFUSED', { messageId, code: result.code });
      if (result.kind === 'unknown')
        throw new AppError('WHATSAPP_UNAVAILABLE', { messageId, status: 'sending' });
      return { messageId, to, status: result.status };
    },

    /** Throws MESSAGE_NOT_FOUND. */
    async status(deviceId: DeviceId, messageId: WaMessageId): Promise<MessageView> {
      const device = await getDevice(deviceId);
      const message = await messages.find(deviceId, messageId);
      if (!message) throw new AppError('MESSAGE_NOT_FOUND', { deviceId, messageId });
      return toMessageView({ direction: 'out', ...message }, device.jid);
    },

    /** What the device sent and received, newest first, one more than `limit` never. */
    async list(page: MessagePage): Promise<{ items: MessageView[]; nextCursor: string | null }> {
      const device = await getDevice(page.deviceId);
      const found = await messages.list({ ...page, limit: page.limit + 1 });
      const shown = found.slice(0, page.limit);
      return {
        items: shown.map((message) => toMessageView(message, device.jid)),
        nextCursor: found.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  };
}

/** Listens before the message leaves, so that no answer is missed; a socket that closes ends the wait. */
function awaitOutcome(deps: MessageServiceDeps, deviceId: DeviceId, messageId: WaMessageId) {
  const { deviceEvents, messageEvents, clock } = deps;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const timer = clock.after(ACK_TIMEOUT_MS, () => resolve({ kind: 'unknown' }));
  const stopMessages = messageEvents.subscribe((event) => {
    if (event.type !== 'status-changed' || event.waMessageId !== messageId || event.deviceId !== deviceId)
      return;
    if (event.refusal !== null) resolve({ kind: 'refused', code: event.refusal });
    else if (event.status !== 'sending') resolve({ kind: 'acked', status: event.status });
  });
  const stopDevice = deviceEvents.subscribe((event) => {
    if (event.deviceId !== deviceId || event.type !== 'state-changed') return;
    if (event.view.status !== 'connected') resolve({ kind: 'unknown' });
  });
  const settled = promise.finally(() => {
    timer.cancel();
    stopMessages();
    stopDevice();
  });
  return { settled, cancel: () => resolve({ kind: 'unknown' }) };
}
