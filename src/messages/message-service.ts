import type { Statement } from '../database/database.ts';
import type { Device } from '../devices/device.ts';
import type { Outbox, Outcome } from '../outbox/outbox.ts';
import type { MessageSource, OutboundMessage, OutboundStatus, SendError } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids, WaMessageId } from '../shared/ids.ts';
import { type Jid, parseJid } from '../whatsapp/jid.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { StoredMessage } from './message.ts';
import type { MessageRepository } from './message-repository.ts';
import { type MessageView, toMessageView } from './message-view.ts';
import { newMessage } from './new-message.ts';

type OutboxPart =
  | 'accept'
  | 'send'
  | 'outcome'
  | 'find'
  | 'page'
  | 'count'
  | 'isConnected'
  | 'isConnectedElsewhere';

export interface MessageServiceDeps {
  devices: { find(deviceId: DeviceId): Promise<Device | null> };
  outbox: Pick<Outbox, OutboxPart>;
  messages: Pick<MessageRepository, 'page' | 'count' | 'find'>;
  ids: Ids;
  clock: Clock;
  defaultCountry: DefaultCountry;
}

/** One message, as a caller asked for it. */
export interface SendRequest {
  /** In any form a recipient may be written. */
  readonly to: string;
  /** A function is asked only when the message can be accepted. */
  readonly content: OutgoingContent | (() => Promise<OutgoingContent>);
  /** What to do while the device is not connected: refuse, or accept and send when it is. */
  readonly whileOffline: 'refuse' | 'queue';
  /** Who wanted it; `api` when left out. */
  readonly source?: MessageSource;
  /** Not begun after this. */
  readonly expiresAt?: Date;
}

/** A message that was accepted; goes through JSON. */
export interface AcceptedMessage {
  readonly deviceId: DeviceId;
  readonly messageId: WaMessageId;
  readonly to: Jid;
  /** The device was connected, so that an answer can be waited for. */
  readonly isWaitedFor: boolean;
}

export interface SentMessage {
  readonly messageId: WaMessageId;
  readonly to: Jid;
  readonly status: OutboundStatus;
  /** Why it waits although the device is connected, and until when at least. */
  readonly reason?: string;
  readonly retryAt?: string;
}

/** Which part of a device's history to list. */
export interface MessagePage {
  readonly deviceId: DeviceId;
  readonly direction: 'in' | 'out' | 'both';
  /** A number in any form a recipient may be written, or a JID. */
  readonly chat?: string | undefined;
  readonly before?: string | undefined;
  /** How many newer ones are on the pages before. */
  readonly skip: number;
  readonly limit: number;
}

export interface MessageList {
  readonly items: MessageView[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly nextCursor: string | null;
}

export type MessageService = ReturnType<typeof createMessageService>;

/** How long a synchronous send waits for the server's ack, in ms; shorter than what HTTP clients wait. */
const ACK_TIMEOUT_MS = 25_000;

/** Single messages, and what became of them. Throws DEVICE_NOT_FOUND for an unknown device. */
export function createMessageService(deps: MessageServiceDeps) {
  const { devices, outbox, messages, ids, clock } = deps;

  async function getDevice(deviceId: DeviceId): Promise<Device> {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return device;
  }

  /** The message that is asked for, and whether it can go now. */
  async function prepare(
    deviceId: DeviceId,
    { to: recipient, content, whileOffline, source, expiresAt }: SendRequest,
  ) {
    const isHere = outbox.isConnected(deviceId);
    // A connected device is a device; the row need not be read for it.
    if (!isHere) await getDevice(deviceId);
    const to = parseRecipient(recipient, deps.defaultCountry);
    const isConnected =
      isHere || (whileOffline === 'refuse' && (await outbox.isConnectedElsewhere(deviceId)));
    if (!isConnected && whileOffline === 'refuse') throw new AppError('DEVICE_NOT_CONNECTED', { deviceId });
    const said = typeof content === 'function' ? await content() : content;
    const order = { deviceId, to, content: said, dueAt: clock.now(), source, expiresAt };
    return { isConnected, message: newMessage(ids, order) };
  }

  return {
    /**
     * Sends a message and resolves when WhatsApp's server took it, or with `queued` or `sending` when that takes longer than
     * a caller should wait: it goes on by itself, under the same id. Throws RECIPIENT_INVALID,
     * DEVICE_NOT_CONNECTED, SEND_REFUSED, and WHATSAPP_UNAVAILABLE when it failed for good without a word of WhatsApp's.
     */
    async send(deviceId: DeviceId, request: SendRequest): Promise<SentMessage> {
      const { message, isConnected } = await prepare(deviceId, request);
      if (isConnected) return toSent(message, await outbox.send(message, { timeoutMs: ACK_TIMEOUT_MS }));
      await outbox.accept([message]);
      return { messageId: message.waMessageId, to: message.to, status: 'queued' };
    },

    /** The first half of `send`: the message is stored, with `beside(accepted, resourceId)` in the same transaction. */
    async accept(
      { deviceId, ...request }: SendRequest & { deviceId: DeviceId },
      beside: (accepted: AcceptedMessage, resourceId: string) => readonly Statement[],
    ): Promise<AcceptedMessage> {
      const { message, isConnected } = await prepare(deviceId, request);
      const { id, to, waMessageId: messageId } = message;
      const accepted: AcceptedMessage = { deviceId, messageId, to, isWaitedFor: isConnected };
      await outbox.accept([message], { beside: beside(accepted, id) });
      return accepted;
    },

    /** The second half of `send`; may be asked again, also by another process. */
    async outcome({ deviceId, messageId, to, isWaitedFor }: AcceptedMessage): Promise<SentMessage> {
      if (!isWaitedFor) return { messageId, to, status: 'queued' };
      const outcome = await outbox.outcome(deviceId, messageId, ACK_TIMEOUT_MS);
      return toSent({ waMessageId: messageId, to }, outcome);
    },

    /** Throws MESSAGE_NOT_FOUND. */
    async status(deviceId: DeviceId, messageId: WaMessageId): Promise<MessageView> {
      const device = await getDevice(deviceId);
      const sent = await outbox.find(deviceId, messageId);
      if (sent) return toMessageView({ direction: 'out', ...sent }, device.jid);
      const received = await messages.find(deviceId, messageId);
      if (received) return toMessageView({ direction: 'in', ...received }, device.jid);
      throw new AppError('MESSAGE_NOT_FOUND', { deviceId, messageId });
    },

    /**
     * What the device sent, will send and received, newest first, at most `limit`. Throws RECIPIENT_INVALID
     * for a chat that can be none.
     */
    async list({ chat, skip, ...page }: MessagePage): Promise<MessageList> {
      const device = await getDevice(page.deviceId);
      const only = chat === undefined ? {} : { chat: parseChat(chat, deps.defaultCountry) };
      const of = { deviceId: page.deviceId, ...only };
      const more = { ...page, ...only, limit: skip + page.limit + 1 };
      const wants = (direction: 'in' | 'out') => page.direction === direction || page.direction === 'both';
      const [sent, received, ...totals] = await Promise.all([
        wants('out') ? outbox.page(more) : [],
        wants('in') ? messages.page(more) : [],
        wants('out') ? outbox.count(of) : 0,
        wants('in') ? messages.count(of) : 0,
      ]);
      const found: StoredMessage[] = [
        ...sent.map((message) => ({ direction: 'out' as const, ...message })),
        ...received.map((message) => ({ direction: 'in' as const, ...message })),
      ].sort((one, other) => (one.id < other.id ? 1 : -1));
      const shown = found.slice(skip, skip + page.limit);
      return {
        items: shown.map((message) => toMessageView(message, device.jid)),
        total: totals[0] + totals[1],
        nextCursor: found.length > skip + page.limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  };
}

/** Chats have more kinds of address than recipients: nobody writes to a newsletter or to the status broadcast. */
function parseChat(text: string, defaultCountry: DefaultCountry): Jid {
  return (text.includes('@') ? parseJid(text) : null) ?? parseRecipient(text, defaultCountry);
}

/** Throws what a caller is told of a message that will not be tried again. */
function toSent(
  { waMessageId: messageId, to }: Pick<OutboundMessage, 'waMessageId' | 'to'>,
  { status, error, refusal, retryAt }: Outcome,
): SentMessage {
  const waits = retryAt && { reason: error?.code ?? 'HELD_BACK', retryAt: retryAt.toISOString() };
  if (status !== 'failed') return { messageId, to, status, ...waits };
  const code = refusal ?? refusalIn(error);
  if (code !== null) throw new AppError('SEND_REFUSED', { messageId, code });
  throw new AppError('WHATSAPP_UNAVAILABLE', { messageId, status, cause: error?.code ?? null });
}

/** WhatsApp's code in the error of a row. */
function refusalIn(error: SendError | null): number | null {
  const code = /^WA_(\d+)$/.exec(error?.code ?? '')?.[1];
  return code === undefined ? null : Number(code);
}
