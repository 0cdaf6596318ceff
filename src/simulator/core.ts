import type { WireNode } from './node.ts';
import type { GroupRecord } from './state/group-record.ts';

/** The address of one device: `user:device@server`, the phone itself being device 0 (`user@server`). */
export interface DeviceAddress {
  readonly user: string;
  readonly device: number;
  readonly server: 's.whatsapp.net' | 'lid';
}

/** What the directory publishes of one device's Signal keys. */
export interface KeyBundle {
  readonly registrationId: number;
  /** 32 bytes, without the type byte. */
  readonly identityKey: Uint8Array;
  readonly signedPreKey: {
    readonly id: number;
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
  };
  readonly preKey: { readonly id: number; readonly publicKey: Uint8Array } | null;
}

/** A person of the simulator: a phone number, its LID, a name, and linked devices. */
export interface SimAccount {
  /** Digits only, e.g. 6281200000001. */
  readonly phoneNumber: string;
  /** Digits only; the hidden id of the same person. */
  readonly lid: string;
  readonly pushName: string;
  readonly devices: readonly SimLinkedDevice[];
}

export interface SimLinkedDevice {
  readonly device: number;
  readonly keyIndex: number;
  readonly noiseKey: Uint8Array;
  readonly online: boolean;
}

/** The phone (device 0) of an account, attached to the server in the same process; it is a real Signal endpoint. */
export interface PhonePort {
  readonly phoneNumber: string;
  /** A stanza the server routes to device 0: message, receipt, notification. Called in order, awaited. */
  deliver(stanza: WireNode): Promise<void>;
  /** A key bundle for somebody who wants to write to the phone; mints a fresh pre-key each time. */
  keyBundle(): KeyBundle;
  /** Registration finished on the wire: the companion logged in for the first time after 515. Starts the first sync. */
  companionOnline(device: number): Promise<void>;
}

/** A companion that waits to be linked: it asked for refs (QR) or announced a pairing code. */
export interface PendingCompanion {
  readonly id: string;
  /** The refs offered in `pair-device`, in order. */
  readonly refs: readonly string[];
  readonly noiseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly registrationId: number;
  /** The name a client gave itself while registering; most give none. */
  readonly pushName: string | null;
  /** Set once the companion sent `companion_hello`. */
  readonly linkCode: LinkCodeHello | null;
}

export interface LinkCodeHello {
  readonly phoneNumber: string;
  /** The reference the server handed out for this attempt. */
  readonly ref: string;
  /** salt 32 ‖ iv 16 ‖ ciphertext 32, as the companion sent it. */
  readonly wrappedCompanionEphemeral: Uint8Array;
  readonly companionServerAuthKey: Uint8Array;
}

/** What a phone finishes a linking with; the server forwards it as `pair-success` and checks the answer. */
export interface LinkOffer {
  readonly phoneNumber: string;
  readonly keyIndex: number;
  /** Encoded ADVSignedDeviceIdentityHMAC. */
  readonly deviceIdentity: Uint8Array;
  /** 32 bytes: verifies the companion's device signature at pair-device-sign. */
  readonly advDetails: Uint8Array;
  readonly accountSignature: Uint8Array;
  readonly companionIdentityKey: Uint8Array;
  readonly platform: string;
  readonly businessName: string | null;
}

/** The server as phones and the control API see it. Sockets of companions are its own business. */
export interface SimulatorCore {
  createAccount(account: { phoneNumber: string; lid?: string; pushName?: string }): SimAccount;
  findAccount(phoneNumberOrLid: string): SimAccount | null;
  listAccounts(): readonly SimAccount[];
  /** By address, e.g. `1203…@g.us`. */
  findGroup(jid: string): GroupRecord | null;
  listGroups(): readonly GroupRecord[];
  /** The image (JPEG) of a profile picture by its id. */
  findPicture(id: string): Uint8Array | null;
  /** Connects the phone of an account; stanzas that waited for device 0 are delivered at once. */
  attachPhone(phone: PhonePort): void;
  /** The phone sends a stanza as device 0; the answer to an iq resolves, everything else resolves when routed. */
  submit(phoneNumber: string, stanza: WireNode): Promise<WireNode | null>;
  /** Companions that show a QR or wait for a code now. */
  pendingCompanions(): readonly PendingCompanion[];
  findPendingByRef(ref: string): PendingCompanion | null;
  findPendingByPhone(phoneNumber: string): PendingCompanion | null;
  /** Sends `link_code_companion_reg` primary_hello; resolves with the companion's `companion_finish` wrapped bundle. */
  sendPrimaryHello(
    pendingId: string,
    hello: { wrappedPrimaryEphemeral: Uint8Array; primaryIdentityKey: Uint8Array },
  ): Promise<{ wrappedKeyBundle: Uint8Array; companionIdentityKey: Uint8Array }>;
  /** Sends pair-success, verifies pair-device-sign, then 515; resolves with the new device number. Rejects when the companion leaves or cheats. */
  completeLink(pendingId: string, offer: LinkOffer): Promise<number>;
  /** The phone's owner removes a linked device: stream error 401 device_removed, later logins failure 401. */
  removeDevice(phoneNumber: string, device: number): Promise<void>;
}
