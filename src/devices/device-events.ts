import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { MessageCap, ReachoutLock } from '../whatsapp/account-restriction.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { HistoryChunk, IdentityPair, ReceiptKind, ReceivedMessage } from '../whatsapp/socket.ts';
import type { DeviceState } from './device-state.ts';
import type { DeviceView } from './device-view.ts';

/** What happened to a device, published on the bus by DeviceManager; consumers subscribe, never poll. */
export type DeviceEvent =
  /** Any change of the state, already stored; `view` is what a caller would be shown now. */
  | {
      readonly type: 'state-changed';
      readonly deviceId: DeviceId;
      readonly state: DeviceState;
      readonly view: DeviceView;
    }
  | { readonly type: 'qr'; readonly deviceId: DeviceId; readonly qr: string; readonly expiresAt: Date }
  | {
      readonly type: 'pairing-code';
      readonly deviceId: DeviceId;
      readonly code: string;
      readonly expiresAt: Date;
    }
  /** A phone linked this device and its credentials are durable; the first open follows. */
  | {
      readonly type: 'authenticated';
      readonly deviceId: DeviceId;
      readonly jid: Jid;
      readonly lid: Jid | null;
    }
  /** `isJournalled`: it is stored from the inbound journal; all others exist only here. */
  | {
      readonly type: 'message';
      readonly deviceId: DeviceId;
      readonly message: ReceivedMessage;
      readonly isJournalled: boolean;
    }
  | {
      readonly type: 'receipt';
      readonly deviceId: DeviceId;
      readonly waMessageIds: readonly WaMessageId[];
      readonly kind: ReceiptKind;
      readonly from: Jid;
      readonly at: Date;
    }
  | { readonly type: 'ack'; readonly deviceId: DeviceId; readonly waMessageId: WaMessageId }
  | {
      readonly type: 'nack';
      readonly deviceId: DeviceId;
      readonly waMessageId: WaMessageId;
      readonly code: number;
    }
  /** Every receipt that waited for the device has been told; may come shortly before `connected`. */
  | { readonly type: 'caught-up'; readonly deviceId: DeviceId }
  /** A ciphertext that could not be decrypted; each attempt counts. */
  | {
      readonly type: 'undecryptable';
      readonly deviceId: DeviceId;
      readonly waMessageId: WaMessageId;
      readonly isFromOwnPhone: boolean;
    }
  /** Which hidden ids and numbers are one person; may be told again and again. */
  | {
      readonly type: 'identities';
      readonly deviceId: DeviceId;
      readonly pairs: readonly IdentityPair[];
    }
  /** A piece of the history of the device's phone. */
  | { readonly type: 'history'; readonly deviceId: DeviceId; readonly chunk: HistoryChunk }
  /** WhatsApp restricts whom the account may write to, or no longer does. */
  | { readonly type: 'reachout-lock'; readonly deviceId: DeviceId; readonly lock: ReachoutLock }
  | { readonly type: 'message-cap'; readonly deviceId: DeviceId; readonly cap: MessageCap }
  /** The device left the registry. */
  | { readonly type: 'removed'; readonly deviceId: DeviceId };
