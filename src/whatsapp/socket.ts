import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { AccountRestrictions, MessageCap, ReachoutLock } from './account-restriction.ts';
import type { Disconnect } from './disconnect.ts';
import type { Jid } from './jid.ts';

/** What another person's device reported of a message of ours. */
export type ReceiptKind = 'delivered' | 'read' | 'played';

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
  readonly quotedWaMessageId: WaMessageId | null;
  /** When the sender's device says it was written. */
  readonly timestamp: Date;
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
  /** WhatsApp restricts whom this account may write to, or no longer does. */
  | { type: 'reachout-lock'; lock: ReachoutLock }
  | { type: 'message-cap'; cap: MessageCap }
  /** Anything came in; feeds the watchdog and `lastActivity`. */
  | { type: 'activity' }
  /** The store failed or was fenced below the library; the socket closes itself. */
  | { type: 'auth-failure'; reason: 'fenced' | 'unreadable' | 'undecryptable' | 'store-unavailable' }
  | { type: 'close'; disconnect: Disconnect };

/** We choose the WhatsApp message id, so that sending again after a crash is the same message. */
export interface OutgoingText {
  readonly waMessageId: WaMessageId;
  readonly to: Jid;
  readonly text: string;
}

/** What we ask of WhatsApp. Baileys is behind it. */
export interface WhatsAppSocket {
  /** Asks for an eight-character code for `phoneNumber` (digits only). Rejects when the socket closes first. */
  requestPairingCode(phoneNumber: string): Promise<string>;
  /** Resolves when the bytes left; the server's answer is an `ack` or `nack` event. */
  sendText(message: OutgoingText): Promise<void>;
  /** Asks anew for the recipient's devices and renews the sessions with them, after a send that did not fit them. */
  refreshRecipient(to: Jid): Promise<void>;
  /** Tells the sender that the message was read. */
  markRead(message: ReceivedMessage): Promise<void>;
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
