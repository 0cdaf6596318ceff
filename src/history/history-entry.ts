import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import {
  formatJid,
  isGroup,
  isLid,
  type Jid,
  PN_SERVER,
  phoneNumberOf,
  withoutDevice,
} from '../whatsapp/jid.ts';
import type { MessageMedia, ReceivedMessage } from '../whatsapp/socket.ts';

/** How far a message of ours got, as history keeps it. */
export type HistoryStatus = 'server_ack' | 'delivered' | 'read' | 'played';

/** A message of history. Its identity is device, chat, participant, direction and WhatsApp's id. */
export interface HistoryEntry {
  /** ULID. */
  readonly id: string;
  readonly deviceId: DeviceId;
  /** The phone-number address where it is known, else the hidden one; a group's own. */
  readonly chat: Jid;
  /** In groups whoever wrote it, addressed as chats are; null for our own and in 1:1. */
  readonly participant: Jid | null;
  readonly direction: 'in' | 'out';
  readonly waMessageId: WaMessageId;
  /** Digits; null: only a hidden id is known, or there is nobody. */
  readonly ownNumber: string;
  readonly senderNumber: string | null;
  readonly receiverNumber: string | null;
  readonly contactNumber: string | null;
  readonly isGroup: boolean;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly media: MessageMedia | null;
  readonly quotedId: WaMessageId | null;
  readonly status: HistoryStatus | null;
  /** `live`: as it came; `sync`: told by the phone afterwards; `own`: what this server sent. */
  readonly source: 'live' | 'sync' | 'own';
  readonly at: Date;
  readonly editedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly storedAt: Date;
}

/** The account of a device. */
export interface Account {
  readonly number: string;
  readonly lid: Jid | null;
}

/** The account behind addresses as a device has them; null when its number is not known. */
export function accountOf({ jid, lid }: { jid: Jid | null; lid: Jid | null }): Account | null {
  const number = jid && phoneNumberOf(withoutDevice(jid));
  return number === null ? null : { number, lid: lid && withoutDevice(lid) };
}

/** Looks up the number behind a hidden id; null when nobody told it. */
export type NumberBehind = (lid: Jid) => string | null;

interface EntryContext {
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly account: Account;
  readonly numberBehind: NumberBehind;
  readonly source: HistoryEntry['source'];
  readonly storedAt: Date;
}

export function numberJid(number: string): Jid {
  return formatJid({ user: number, server: PN_SERVER });
}

/** The one address a person has in history: the number's where it is known. */
export function canonical(
  jid: Jid,
  { account, numberBehind }: Pick<EntryContext, 'account' | 'numberBehind'>,
): Jid {
  if (!isLid(jid)) return jid;
  const number = jid === account.lid ? account.number : numberBehind(jid);
  return number === null ? jid : numberJid(number);
}

/** A message as history keeps it. */
export function toHistoryEntry(message: ReceivedMessage, context: EntryContext): HistoryEntry {
  const { id, deviceId, account, source, storedAt } = context;
  const chat = canonical(message.chat, context);
  const direction = message.fromMe ? 'out' : 'in';
  const author = message.participant && canonical(message.participant, context);
  const participant = direction === 'in' && author !== chat ? author : null;
  const inGroup = isGroup(chat);
  const contactNumber = inGroup ? null : phoneNumberOf(chat);
  return {
    id,
    deviceId,
    chat,
    participant,
    direction,
    waMessageId: message.waMessageId,
    ownNumber: account.number,
    senderNumber: direction === 'out' ? account.number : phoneNumberOf(participant ?? chat),
    receiverNumber: inGroup ? null : direction === 'out' ? contactNumber : account.number,
    contactNumber,
    isGroup: inGroup,
    pushName: direction === 'in' ? message.pushName : null,
    type: message.type,
    text: message.text,
    media: message.media ?? null,
    quotedId: message.quotedWaMessageId,
    status: direction === 'out' ? 'server_ack' : null,
    source,
    at: message.timestamp,
    editedAt: null,
    revokedAt: null,
    storedAt,
  };
}

/** Status posts are told to everybody and belong to no chat of the device. */
export function belongsInHistory({ chat }: Pick<ReceivedMessage, 'chat'>): boolean {
  return chat !== 'status@broadcast';
}
