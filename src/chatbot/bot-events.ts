import type { Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** An event as the log keeps it; those of type message carry the message as callers see it. */
export interface BotEvent {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly deviceId: DeviceId;
  readonly messageId: string | null;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What bots need of the event log. Methods throw what Database throws. */
export interface BotEvents {
  /** The events after this one, in order, at most `limit`. */
  after(seq: number, limit: number): Promise<readonly BotEvent[]>;
  /** Null when the event is not kept any more. */
  seqOf(eventId: string): Promise<number | null>;
  last(): Promise<number>;
  /** Calls `listener` whenever this process added events. */
  onAnnounced(listener: () => void): Unsubscribe;
}

/** A message event with its message, as far as bots look into it. */
export interface IncomingMessage {
  readonly chat: Jid;
  readonly chatAlt: Jid | null;
  /** The author: in groups not the chat. */
  readonly from: Jid | null;
  readonly fromMe: boolean;
  readonly type: string;
  readonly text: string | null;
  readonly sentAt: Date;
}

/** The message of an event; null when it is about none, or the message is gone. */
export function incomingOf({ type, data }: Pick<BotEvent, 'type' | 'data'>): IncomingMessage | null {
  const { message } = data;
  if (type !== 'message' || typeof message !== 'object' || message === null) return null;
  const { chat, chatAlt, from, fromMe, type: kind, text, timestamp } = message as Record<string, unknown>;
  if (typeof chat !== 'string' || typeof kind !== 'string') return null;
  return {
    chat: chat as Jid,
    chatAlt: typeof chatAlt === 'string' ? (chatAlt as Jid) : null,
    from: typeof from === 'string' ? (from as Jid) : null,
    fromMe: fromMe === true,
    type: kind,
    text: typeof text === 'string' ? text : null,
    sentAt: new Date(typeof timestamp === 'string' ? timestamp : 0),
  };
}
