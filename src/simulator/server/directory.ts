import { createHash } from 'node:crypto';
import type { KeyBundle, PhonePort, SimAccount } from '../core.ts';
import type { StateStore } from '../state/state-store.ts';
import type { AccountRecord, DeviceRecord } from '../state/world.ts';
import { formatAddress, parseDeviceAddress } from '../wire/jid.ts';

export type UserServer = 's.whatsapp.net' | 'lid';

/** One device of an account; device 0 is the phone. */
export interface DeviceRef {
  readonly account: AccountRecord;
  readonly device: number;
}

export interface NewDevice {
  readonly keyIndex: number;
  readonly noiseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly registrationId: number;
  readonly signedPreKey: KeyBundle['signedPreKey'];
}

/** Who exists: accounts, their devices and keys, and the phones attached in this process. */
export interface Directory {
  createAccount(account: { phoneNumber: string; lid?: string; pushName?: string }): AccountRecord;
  /** By phone number or LID, digits only. */
  find(phoneNumberOrLid: string): AccountRecord | null;
  list(): readonly AccountRecord[];
  /** The account and device a JID of either kind names; null when the account is unknown or the JID names no person. */
  resolve(jid: string): DeviceRef | null;
  attachPhone(phone: PhonePort): AccountRecord;
  phoneOf(account: AccountRecord): PhonePort | null;
  /** Device numbers others may write to: the phone when it is attached, and the linked devices. */
  devicesOf(account: AccountRecord): readonly DeviceRef[];
  /** Sets a number aside for the next linked device; numbers are not used twice while there are others. */
  reserveDevice(account: AccountRecord): number;
  addDevice(account: AccountRecord, device: number, keys: NewDevice): DeviceRef;
  /** Null when the device does not exist or its phone is not attached. Takes one pre-key out of the stock. */
  takeKeyBundle(ref: DeviceRef): KeyBundle | null;
  /** Notes that two accounts have exchanged messages. */
  acquaint(one: AccountRecord, other: AccountRecord): void;
}

/** Devices of one account on the wire: one byte, of which 99 means a hosted device to clients. */
const HIGHEST_DEVICE = 98;

export function createDirectory({ state }: { state: StateStore }): Directory {
  const { world } = state;
  const phones = new Map<string, PhonePort>();
  const reserved = new Map<string, number>();

  const find = (digits: string) => world.accounts.get(digits) ?? world.byLid.get(digits) ?? null;
  const createAccount = (account: { phoneNumber: string; lid?: string; pushName?: string }) => {
    const known = world.accounts.get(account.phoneNumber);
    if (known) return known;
    const { phoneNumber, lid = lidOf(phoneNumber), pushName = `+${phoneNumber}` } = account;
    if (!/^\d{5,20}$/.test(phoneNumber)) throw new Error('A phone number has 5 to 20 digits');
    if (!/^\d{5,20}$/.test(lid)) throw new Error('A LID has 5 to 20 digits');
    if (find(lid)) throw new Error('The LID belongs to another account');
    state.commit({ kind: 'account', phoneNumber, lid, pushName, lastDevice: 0 });
    const created = world.accounts.get(phoneNumber);
    if (!created) throw new Error('The account was not stored');
    return created;
  };

  return {
    createAccount,
    find,
    list: () => [...world.accounts.values()],
    resolve(jid) {
      const address = parseDeviceAddress(jid);
      if (!address) return null;
      const account =
        address.server === 'lid' ? world.byLid.get(address.user) : world.accounts.get(address.user);
      return account ? { account, device: address.device } : null;
    },
    attachPhone(phone) {
      phones.set(phone.phoneNumber, phone);
      return createAccount({ phoneNumber: phone.phoneNumber });
    },
    phoneOf: (account) => phones.get(account.phoneNumber) ?? null,
    devicesOf(account) {
      const linked = [...account.devices.keys()].map((device) => ({ account, device }));
      return phones.has(account.phoneNumber) ? [{ account, device: 0 }, ...linked] : linked;
    },
    reserveDevice(account) {
      const { phoneNumber, lastDevice, devices } = account;
      const next = Math.max(lastDevice, reserved.get(phoneNumber) ?? 0) + 1;
      const device = next <= HIGHEST_DEVICE ? next : lowestFree(devices);
      reserved.set(phoneNumber, device);
      return device;
    },
    addDevice(account, device, keys) {
      const { signedPreKey, ...rest } = keys;
      const { id: signedPreKeyId, publicKey, signature } = signedPreKey;
      const { phoneNumber } = account;
      const stored = { signedPreKeyId, signedPreKey: publicKey, signature };
      state.commit({ kind: 'device', phoneNumber, device, ...rest, ...stored });
      return { account, device };
    },
    takeKeyBundle({ account, device }) {
      if (device === 0) return phones.get(account.phoneNumber)?.keyBundle() ?? null;
      const record = account.devices.get(device);
      if (!record) return null;
      const preKey = record.preKeys.peek();
      if (preKey) state.commit({ kind: 'pre-key-taken', phoneNumber: account.phoneNumber, device });
      return bundleOf(record, preKey);
    },
    acquaint(one, other) {
      if (one === other || one.contacts.has(other.phoneNumber)) return;
      state.commit({ kind: 'contact', phoneNumber: one.phoneNumber, other: other.phoneNumber });
      state.commit({ kind: 'contact', phoneNumber: other.phoneNumber, other: one.phoneNumber });
    },
  };
}

/** A long-lived sandbox has used every number once: then the lowest free one is due again. */
function lowestFree(devices: ReadonlyMap<number, DeviceRecord>): number {
  for (let device = 1; device <= HIGHEST_DEVICE; device += 1) {
    if (!devices.has(device)) return device;
  }
  throw new Error('The account has no room for another device');
}

function bundleOf(record: DeviceRecord, preKey: KeyBundle['preKey']): KeyBundle {
  const { registrationId, identityKey, signedPreKey } = record;
  return { registrationId, identityKey, signedPreKey, preKey };
}

/** A LID that depends on the phone number alone: 15 digits, as real ones have. */
function lidOf(phoneNumber: string): string {
  const hash = createHash('sha256').update(`lid/${phoneNumber}`).digest();
  return `1${String(hash.readUIntBE(0, 6) % 1e14).padStart(14, '0')}`;
}

/** The device's address, as phone number or as LID. */
export function deviceJid({ account, device }: DeviceRef, server: UserServer = 's.whatsapp.net'): string {
  const user = server === 'lid' ? account.lid : account.phoneNumber;
  return formatAddress({ user, device, server });
}

/** The person's address, without a device. */
export function accountJid(account: AccountRecord, server: UserServer = 's.whatsapp.net'): string {
  return deviceJid({ account, device: 0 }, server);
}

/** Which of a person's two addresses a JID uses. */
export function serverOf(jid: string | undefined): UserServer {
  return jid?.endsWith('@lid') ? 'lid' : 's.whatsapp.net';
}

/** The account as phones and tests see it. */
export function toSimAccount(account: AccountRecord, isOnline: (ref: DeviceRef) => boolean): SimAccount {
  const { phoneNumber, lid, pushName } = account;
  const devices = [...account.devices.values()].map(({ device, keyIndex, noiseKey }) => ({
    device,
    keyIndex,
    noiseKey,
    online: isOnline({ account, device }),
  }));
  return { phoneNumber, lid, pushName, devices };
}
