import type { DeviceId, WaMessageId } from '../shared/ids.ts';

/** A message of a device whose number is allowed, as it is kept. Numbers are digits; null: only a LID is known. */
export interface HistoryMessage {
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly chat: string;
  /** Who wrote it in a group; empty otherwise. */
  readonly participant: string;
  readonly direction: 'in' | 'out';
  readonly waMessageId: WaMessageId;
  readonly ownNumber: string;
  readonly senderNumber: string | null;
  /** Null in groups. */
  readonly receiverNumber: string | null;
  /** The other side; null in groups. */
  readonly contactNumber: string | null;
  readonly isGroup: boolean;
  readonly pushName: string | null;
  readonly type: string;
  /** Null also when it was revoked or erased. */
  readonly text: string | null;
  readonly media: Readonly<Record<string, unknown>> | null;
  readonly quotedWaMessageId: string | null;
  /** The emoji of each author. */
  readonly reactions: Readonly<Record<string, string>> | null;
  readonly status: string | null;
  readonly source: string;
  readonly timestamp: Date;
  readonly editedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** From `from` on, and before `to`; null means without a bound. */
export interface TimeRange {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** Whose messages. Numbers are digits. */
export type Subject =
  | { readonly kind: 'everybody' }
  /** One of our numbers: everything its device sent and received, groups too. */
  | { readonly kind: 'own'; readonly number: string }
  | { readonly kind: 'sender'; readonly number: string }
  | { readonly kind: 'receiver'; readonly number: string }
  /** What was said in one chat; its address as history has it. */
  | { readonly kind: 'chat'; readonly chat: string }
  /** Written by the number, or to it. */
  | { readonly kind: 'either'; readonly number: string }
  /** From the first to the second number, or between the two in both directions. */
  | { readonly kind: 'directed' | 'between'; readonly numbers: readonly [string, string] };

/** Which part of history. */
export interface HistoryFilter {
  readonly subject: Subject;
  /** Only of these devices; null means of any. */
  readonly devices: readonly string[] | null;
  readonly range: TimeRange;
}

/** The place of a message in the order of a page: by time, then by id. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

/** Which messages of the filtered ones. */
export interface HistorySlice {
  readonly order: 'asc' | 'desc';
  /** Only what comes after it in this order. */
  readonly after?: Position | undefined;
  readonly offset: number;
  readonly limit: number;
}
