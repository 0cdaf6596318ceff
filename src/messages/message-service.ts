import type { Statement } from '../database/database.ts';
import type { Device } from '../devices/device.ts';
import type { Outbox, Outcome } from '../outbox/outbox.ts';
import type { NewOutboxMessage, OutboundStatus } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { StoredMessage } from './message.ts';
import type { MessageRepository } from './message-repository.ts';
import { type MessageView, toMessageView } from './message-view.ts';

export interface MessageServiceDeps {
  devices: { find(deviceId: DeviceId): Promise<Device | null> };
  outbox: Pick<Outbox, 'accept' | 'send' | 'find' | 'page' | 'isConnected'>;
  messages: Pick<MessageRepository, 'page'>;
  ids: Ids;
  clock: Clock;
  defaultCountry: DefaultCountry;
}

/** One text, as a caller asked for it. */
export interface TextRequest {
  /** In any form a recipient may be written. */
  readonly to: string;
  readonly text: string;
  /** What to do while the device is not connected: refuse, or accept and send when it is. */
  readonly whileOffline: 'refuse' | 'queue';
  /** Statements of another feature to be written with the message. */
  readonly beside?: readonly Statement[] | undefined;
}

export interface SentMessage {
  readonly messageId: WaMessageId;
  readonly to: Jid;
  readonly status: OutboundStatus;
}

/** Which part of a device's history to list. */
export interface MessagePage {
  readonly deviceId: DeviceId;
  readonly direction: 'in' | 'out' | 'both';
  readonly chat?: Jid | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

export type MessageService = ReturnType<typeof createMessageService>;

/** How long a synchronous send waits for the server's ack, in ms; shorter than what HTTP clients wait. */
const ACK_TIMEOUT_MS = 25_000;

/** Single texts, and what became of them. Throws DEVICE_NOT_FOUND for an unknown device. */
export function createMessageService(deps: MessageServiceDeps) {
  const { devices, outbox, messages, ids, clock } = deps;

  async function getDevice(deviceId: DeviceId): Promise<Device> {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return device;
  }

  function newText(deviceId: DeviceId, to: Jid, text: string): NewOutboxMessage {
    return {
      id: ids.next(),
      deviceId,
      waMessageId: ids.nextWaMessageId(),
      to,
      kind: 'text',
      text,
      content: null,
      source: 'api',
      dueAt: clock.now(),
      delayMs: null,
      onAmbiguous: 'resend',
      expiresAt: null,
    };
  }

  return {
    /**
     * Sends a text and resolves when WhatsApp's server took it, or with `queued` or `sending` when that takes longer than
     * a caller should wait: it goes on by itself, under the same id. Throws RECIPIENT_INVALID, PHONE_NUMBER_INVALID,
     * DEVICE_NOT_CONNECTED, SEND_REFUSED, and WHATSAPP_UNAVAILABLE when it failed for good without a word of WhatsApp's.
     */
    async sendText(deviceId: DeviceId, request: TextRequest): Promise<SentMessage> {
      const isConnected = outbox.isConnected(deviceId);
      // A connected device is a device; the row need not be read for it.
      if (!isConnected) await getDevice(deviceId);
      const to = parseRecipient(request.to, deps.defaultCountry);
      if (!isConnected && request.whileOffline === 'refuse') {
        throw new AppError('DEVICE_NOT_CONNECTED', { deviceId });
      }
      const message = newText(deviceId, to, request.text);
      const { waMessageId: messageId } = message;
      const beside = request.beside ?? [];
      if (!isConnected) {
        await outbox.accept([message], { beside });
        return { messageId, to, status: 'queued' };
      }
      const outcome = await outbox.send(message, { beside, timeoutMs: ACK_TIMEOUT_MS });
      if (outcome.status === 'failed') throw refusal(messageId, outcome);
      return { messageId, to, status: outcome.status };
    },

    /** Throws MESSAGE_NOT_FOUND. */
    async status(deviceId: DeviceId, messageId: WaMessageId): Promise<MessageView> {
      const device = await getDevice(deviceId);
      const message = await outbox.find(deviceId, messageId);
      if (!message) throw new AppError('MESSAGE_NOT_FOUND', { deviceId, messageId });
      return toMessageView({ direction: 'out', ...message }, device.jid);
    },

    /** What the device sent, will send and received, newest first, one more than `limit` never. */
    async list(page: MessagePage): Promise<{ items: MessageView[]; nextCursor: string | null }> {
      const device = await getDevice(page.deviceId);
      const more = { ...page, limit: page.limit + 1 };
      const wants = (direction: 'in' | 'out') => page.direction === direction || page.direction === 'both';
      const [sent, received] = await Promise.all([
        wants('out') ? outbox.page(more) : [],
        wants('in') ? messages.page(more) : [],
      ]);
      const found: StoredMessage[] = [
        ...sent.map((message) => ({ direction: 'out' as const, ...message })),
        ...received.map((message) => ({ direction: 'in' as const, ...message })),
      ].sort((one, other) => (one.id < other.id ? 1 : -1));
      const shown = found.slice(0, page.limit);
      return {
        items: shown.map((message) => toMessageView(message, device.jid)),
        nextCursor: found.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  };
}

/** What a caller is told of a message that will not be tried again. */
function refusal(messageId: WaMessageId, { error, refusal: code }: Outcome): AppError {
  if (code !== null) return new AppError('SEND_REFUSED', { messageId, code });
  return new AppError('WHATSAPP_UNAVAILABLE', { messageId, status: 'failed', cause: error?.code ?? null });
}
