import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { DevicePool } from '../system-messages/device-pool.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingMedia } from '../whatsapp/outgoing.ts';

/** A value that is told with an alert. */
export interface Reading {
  readonly name: string;
  readonly value: string;
}

/** An alert as somebody asks for it. */
export interface AlertOrder {
  /** The id of a recipient list, or its name. */
  readonly list: number | string;
  readonly message: string;
  readonly data: readonly Reading[];
  readonly image: AlertImage | null;
  /** Without acknowledgement within so many seconds, this list gets it, too. */
  readonly escalate: { readonly list: number | string; readonly afterSeconds: number } | null;
  readonly requiresAck: boolean;
  readonly pool: DevicePool;
}

export type AlertImage = { readonly url: string } | { readonly base64: string };

/** Who is told when nobody acknowledges. */
export interface Escalation {
  readonly listId: number;
  readonly listName: string;
  readonly afterMs: number;
}

/**
 * `sent`: nobody need acknowledge it. `waiting`: somebody is to. `escalated`: nobody did in time, and the second list has it.
 * `acknowledged`: somebody did, before or after that.
 */
export type AlertStatus = 'sent' | 'waiting' | 'escalated' | 'acknowledged';

export interface NewAlert {
  /** ULID. */
  readonly id: string;
  readonly source: 'api' | 'mqtt';
  /** Where a broker told it. */
  readonly topic: string | null;
  readonly listId: number;
  readonly listName: string;
  /** With readings; placeholders for recipients are not filled in yet. */
  readonly text: string;
  readonly media: OutgoingMedia | null;
  readonly requiresAck: boolean;
  /** The device that sends it to the first list. */
  readonly deviceId: DeviceId;
  /** The devices that may send it to the second. */
  readonly pool: readonly DeviceId[];
  readonly escalation: Escalation | null;
  /** The last event before it: what acknowledges it comes after. */
  readonly eventSeq: number;
}

export interface Alert extends NewAlert {
  readonly status: AlertStatus;
  readonly escalateAt: Date | null;
  readonly escalatedAt: Date | null;
  /** Why the second list got nothing. */
  readonly problem: string | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  /** How often the same was not sent again. */
  readonly repeats: number;
  readonly lastRepeatedAt: Date | null;
  readonly createdAt: Date;
}

/** Who gets an alert by which message. */
export interface NewAlertItem {
  /** Of the row of the outbox. */
  readonly id: string;
  readonly alertId: string;
  /** 1: the list; 2: the list it escalated to. */
  readonly stage: 1 | 2;
  readonly name: string;
  readonly to: Jid;
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}

/** The same with how far the message got. */
export interface AlertItem extends NewAlertItem {
  readonly status: string;
}
