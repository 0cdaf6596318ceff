import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { AccountRestrictions, MessageCap, ReachoutLock } from './account-restriction.ts';
import type { Disconnect } from './disconnect.ts';
import type { GroupCommands } from './group.ts';
import type { Jid } from './jid.ts';
import type { MediaSecret } from './media-secret.ts';
import type { OutgoingMessage } from './outgoing.ts';
import type { SealedVote } from './poll-vote.ts';

/** What another person's device reported of a message of ours. */
export type ReceiptKind = 'delivered' | 'read' | 'played';

/** What is known of an attachment without fetching it; no keys and no addresses. */
export interface MessageMedia {
  readonly mimetype: string | null;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
  /** Of sounds and videos. */
  readonly seconds: number | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** A message that reached this device, decrypted. `append` (delivered while offline) counts as `notify` does. */
export interface ReceivedMessage {
  readonly waMessageId: WaMessageId;
  /** The chat it belongs to: a user, a group, a status broadcast. */
  readonly chat: Jid;
  /** The same person under the other kind of address (PN for LID and the other way round), where known. */
  readonly chatAlt: Jid | null;
  /** In groups the member who wrote it. */
  readonly participant: Jid | null;
  readonly participantAlt: Jid | null;
  readonly fromMe: boolean;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  /** None where nothing is attached, and where it was not kept. */
  readonly media?: MessageMedia | null;
  /** A function, so that nothing that writes a message down takes the secret along. Null where the file cannot be had. */
  readonly mediaSecret?: (() => MediaSecret) | null;
  /** Of a vote in a poll; a function for the same reason. */
  readonly sealedVote?: (() => SealedVote) | null;
  readonly quotedWaMessageId: WaMessageId | null;
  /** When the sender's device says it was written. */
  readonly timestamp: Date;
}

/** A hidden id and the number behind it, as addresses without device parts. */
export interface IdentityPair {
  readonly lid: Jid;
  readonly pn: Jid;
}

/** A piece of the history a phone has; reading it costs, so whoever does not want it leaves it. */
export interface HistoryChunk {
  /** Whom the device belonged to when it was told. */
  readonly own: { readonly jid: Jid | null; readonly lid: Jid | null };
  messages(): ReceivedMessage[];
  readonly chats: readonly { readonly jid: Jid; readonly name: string }[];
  readonly identities: readonly IdentityPair[];
}

/** Everything a socket tells; `close` comes exactly once and last. */
export type SocketEvent =
  | { type: 'qr'; qr: string; ttlMs: number }
  /** Pairing succeeded and the credentials are durable; a 515 close follows. */
  | { type: 'paired'; jid: Jid; lid: Jid | null }
  | { type: 'open'; jid: Jid; lid: Jid | null; pushName: string | null }
  | { type: 'push-name'; pushName: string }
  | { type: 'sync-progress'; percent: number }
  /** The server took the stanza of this message. */
  | { type: 'ack'; waMessageId: WaMessageId }
  /** The server refused it: `code` as in RELIABILITY.md §2.7. */
  | { type: 'nack'; waMessageId: WaMessageId; code: number }
  /** Everything WhatsApp kept for us while we were away has come: receipts before this are all that prove earlier sends. */
  | { type: 'caught-up' }
  | { type: 'receipt'; waMessageIds: readonly WaMessageId[]; kind: ReceiptKind; from: Jid; at: Date }
  /** `isJournalled`: it is stored from the inbound journal; all others exist only here. */
  | { type: 'message'; message: ReceivedMessage; isJournalled: boolean }
  /** A ciphertext that could not be decrypted; each attempt counts. What our own phone tells its devices does not come again. */
  | { type: 'undecryptable'; waMessageId: WaMessageId; isFromOwnPhone: boolean }
  /** Which hidden ids and numbers are one person; may be told again and again. */
  | { type: 'identities'; pairs: readonly IdentityPair[] }
  /** What the phone told of the time before: a piece of its history. Only our own phone's word is passed on. */
  | { type: 'history'; chunk: HistoryChunk }
  /** WhatsApp restricts whom this account may write to, or no longer does. */
  | { type: 'reachout-lock'; lock: ReachoutLock }
  | { type: 'message-cap'; cap: MessageCap }
  /** Anything came in; feeds the watchdog and `lastActivity`. */
  | { type: 'activity' }
  /** The store failed or was fenced below the library; the socket closes itself. */
  | { type: 'auth-failure'; reason: 'fenced' | 'unreadable' | 'undecryptable' | 'store-unavailable' }
  | { type: 'close'; disconnect: Disconnect };

/** Names a received message to those who wrote it. */
export type ReadMark = Pick<ReceivedMessage, 'chat' | 'participant' | 'waMessageId'>;

/** Asks the phone to put a file where it can be had again. */
export interface ReuploadRequest
  extends Pick<ReceivedMessage, 'chat' | 'participant' | 'fromMe' | 'waMessageId'> {
  readonly mediaKey: Uint8Array;
  readonly timeoutMs: number;
}

export type ChatState = 'composing' | 'recording' | 'paused';

export interface ContactProfile {
  /** Where WhatsApp serves the picture, for some hours; null: none, or not shown to us. */
  readonly pictureUrl: string | null;
  readonly about: string | null;
  readonly aboutSetAt: Date | null;
}

/** Which older messages of a chat the phone is asked for; `olderThan` null: the newest it has. */
export interface OlderMessagesRequest {
  readonly chat: Jid;
  readonly olderThan: {
    readonly waMessageId: WaMessageId;
    readonly fromMe: boolean;
    readonly at: Date;
  } | null;
  readonly count: number;
  readonly timeoutMs: number;
}

/** What we ask of WhatsApp. Baileys is behind it. */
export interface WhatsAppSocket {
  /** Asks for an eight-character code for `phoneNumber` (digits only). Rejects when the socket closes first. */
  requestPairingCode(phoneNumber: string): Promise<string>;
  /** Resolves when the bytes left; the server's answer is an `ack` or `nack` event. */
  send(message: OutgoingMessage): Promise<void>;
  /** Asks anew for the recipient's devices and renews the sessions with them, after a send that did not fit them. */
  refreshRecipient(to: Jid): Promise<void>;
  /** Tells the senders that their messages were read. */
  markRead(messages: readonly ReadMark[]): Promise<void>;
  /** Shows somebody that we write, or record, or no longer do. Nobody answers it. */
  showChatState(to: Jid, state: ChatState): Promise<void>;
  /** Which numbers (digits) are on WhatsApp, and under which address; null: not there. Throws WHATSAPP_UNAVAILABLE. */
  checkNumbers(numbers: readonly string[]): Promise<ReadonlyMap<string, Jid | null>>;
  /** What somebody shows of themselves. Throws WHATSAPP_UNAVAILABLE. */
  contactProfile(jid: Jid): Promise<ContactProfile>;
  /** Asks the phone for older messages. Rejects with WHATSAPP_UNAVAILABLE when it does not answer in time. */
  fetchOlder(request: OlderMessagesRequest): Promise<ReceivedMessage[]>;
  /**
   * The path under which the phone put the file of a message anew; null: it has it no more. Throws WHATSAPP_UNAVAILABLE when the
   * phone does not answer in time.
   */
  askForReupload(request: ReuploadRequest): Promise<string | null>;
  readonly groups: GroupCommands;
  /** Asks what WhatsApp has against the account. Never rejects. */
  askRestrictions(timeoutMs: number): Promise<AccountRestrictions>;
  /** Asks the server for a sign of life; resolves true when it answered within `timeoutMs`. */
  probe(timeoutMs: number): Promise<boolean>;
  /** Unlinks this device at WhatsApp; resolves when the server confirmed or after `timeoutMs`. */
  logout(timeoutMs: number): Promise<'confirmed' | 'timed-out'>;
  /** Ends the socket; resolves when credentials are flushed. Idempotent; a `close` event still follows. */
  close(): Promise<void>;
}

/**
 * Opens one socket for a device that holds the lease with `epoch`. Rejects with AuthStateError when the stored state
 * forbids it.
 */
export interface SocketRequest {
  readonly deviceId: DeviceId;
  readonly epoch: number;
  /** Only a device in pairing may mint credentials where none are stored. */
  readonly mayMintCredentials: boolean;
  /** Appear online while connected; phones then stop notifying. */
  readonly markOnline: boolean;
  /** An http, https or socks5 proxy; one that is not allowed rejects with ProxyUnsupportedError. Null: none. */
  readonly proxyUrl: string | null;
  onEvent(event: SocketEvent): void;
}

export type OpenSocket = (request: SocketRequest) => Promise<WhatsAppSocket>;
