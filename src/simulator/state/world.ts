import type { GroupRecord } from './group-record.ts';
import { createPreKeyStock, type PreKeyStock } from './pre-key-stock.ts';
import type { StateOp } from './state-op.ts';

/** A stanza that waits for one device until that device acknowledges it. */
export interface QueueEntry {
  readonly sequence: number;
  readonly key: string;
  /** The encoded stanza, as it goes on the wire. */
  readonly stanza: Uint8Array;
  /** The connection it was last sent on; null when this process has not sent it. Never stored. */
  sentOn: string | null;
}

export interface DeviceRecord {
  readonly device: number;
  readonly keyIndex: number;
  readonly noiseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly registrationId: number;
  signedPreKey: { readonly id: number; readonly publicKey: Uint8Array; readonly signature: Uint8Array };
  readonly preKeys: PreKeyStock;
  /** The phone has started the first sync of this device. */
  greeted: boolean;
}

/** One app-state collection; patch n takes version n to n + 1. */
export interface AppCollection {
  version: number;
  readonly patches: Uint8Array[];
}

export interface AccountRecord {
  readonly phoneNumber: string;
  readonly lid: string;
  pushName: string;
  lastDevice: number;
  readonly devices: Map<number, DeviceRecord>;
  /** Stanzas waiting, by device number (0 = the phone), then by key. */
  readonly queues: Map<number, Map<string, QueueEntry[]>>;
  /** Phone numbers this account has exchanged messages with; they are told when its devices change. */
  readonly contacts: Set<string>;
  /** User JIDs, as the client named them. */
  readonly blocked: Set<string>;
  /** Privacy settings, status text and the like, by name. */
  readonly settings: Map<string, string>;
  readonly collections: Map<string, AppCollection>;
}

/** A profile picture; each new one has another id. */
export interface Picture {
  readonly id: string;
  readonly image: Uint8Array;
}

/** Everything the server remembers. Changed only by `applyOp`, so that a journal of operations rebuilds it. */
export interface World {
  readonly accounts: Map<string, AccountRecord>;
  readonly byLid: Map<string, AccountRecord>;
  readonly secrets: Map<string, Uint8Array>;
  /** Pictures of people by phone number, of groups by address. */
  readonly pictures: Map<string, Picture>;
  /** By id. */
  readonly groups: Map<string, GroupRecord>;
  /** The highest queue sequence given out. */
  sequence: number;
}

export function createWorld(): World {
  return {
    accounts: new Map(),
    byLid: new Map(),
    secrets: new Map(),
    groups: new Map(),
    pictures: new Map(),
    sequence: 0,
  };
}

/** Applies one operation. An operation on an account or device that is gone changes nothing. */
export function applyOp(world: World, op: StateOp): void {
  if (op.kind === 'secret') world.secrets.set(op.name, op.value);
  else if (op.kind === 'group') world.groups.set(op.group.id, op.group);
  else if (op.kind === 'picture') setPicture(world, op);
  else if (op.kind === 'account') addAccount(world, op);
  else {
    const account = world.accounts.get(op.phoneNumber);
    if (account) applyToAccount(world, account, op);
  }
}

function setPicture({ pictures }: World, { owner, id, image }: Extract<StateOp, { kind: 'picture' }>): void {
  if (image === null) pictures.delete(owner);
  else pictures.set(owner, { id, image });
}

type AccountOp = Extract<StateOp, { kind: 'account' }>;

function addAccount(world: World, op: AccountOp): void {
  if (world.accounts.has(op.phoneNumber)) return;
  const account: AccountRecord = {
    phoneNumber: op.phoneNumber,
    lid: op.lid,
    pushName: op.pushName,
    lastDevice: op.lastDevice,
    devices: new Map(),
    queues: new Map(),
    contacts: new Set(),
    blocked: new Set(),
    settings: new Map(),
    collections: new Map(),
  };
  world.accounts.set(op.phoneNumber, account);
  world.byLid.set(op.lid, account);
}

function applyToAccount(
  world: World,
  account: AccountRecord,
  op: Exclude<StateOp, { kind: 'secret' | 'group' | 'picture' | 'account' }>,
): void {
  switch (op.kind) {
    case 'push-name':
      account.pushName = op.pushName;
      return;
    case 'setting':
      account.settings.set(op.name, op.value);
      return;
    case 'contact':
      account.contacts.add(op.other);
      return;
    case 'block':
      account.blocked.add(op.jid);
      return;
    case 'unblock':
      account.blocked.delete(op.jid);
      return;
    case 'patch':
      addPatch(account, op);
      return;
    case 'device':
      addDevice(account, op);
      return;
    case 'device-removed':
      account.devices.delete(op.device);
      account.queues.delete(op.device);
      return;
    case 'enqueue':
      enqueue(world, account, op);
      return;
    case 'dequeue':
      dequeue(account, op);
      return;
    default: {
      const device = account.devices.get(op.device);
      if (device) applyToDevice(device, op);
    }
  }
}

type DeviceOp = Extract<
  StateOp,
  { kind: 'device-greeted' | 'signed-pre-key' | 'pre-keys' | 'pre-key-taken' }
>;

function applyToDevice(device: DeviceRecord, op: DeviceOp): void {
  switch (op.kind) {
    case 'device-greeted':
      device.greeted = true;
      return;
    case 'signed-pre-key':
      device.signedPreKey = { id: op.id, publicKey: op.publicKey, signature: op.signature };
      return;
    case 'pre-keys':
      device.preKeys.add(op.packed);
      return;
    case 'pre-key-taken':
      device.preKeys.drop();
      return;
  }
}

function addDevice(account: AccountRecord, op: Extract<StateOp, { kind: 'device' }>): void {
  account.lastDevice = Math.max(account.lastDevice, op.device);
  account.devices.set(op.device, {
    device: op.device,
    keyIndex: op.keyIndex,
    noiseKey: op.noiseKey,
    identityKey: op.identityKey,
    registrationId: op.registrationId,
    signedPreKey: { id: op.signedPreKeyId, publicKey: op.signedPreKey, signature: op.signature },
    preKeys: createPreKeyStock(),
    greeted: false,
  });
}

function addPatch(account: AccountRecord, op: Extract<StateOp, { kind: 'patch' }>): void {
  const collection = account.collections.get(op.collection) ?? { version: 0, patches: [] };
  collection.patches.push(op.patch);
  collection.version = op.version;
  account.collections.set(op.collection, collection);
}

function enqueue(world: World, account: AccountRecord, op: Extract<StateOp, { kind: 'enqueue' }>): void {
  world.sequence = Math.max(world.sequence, op.sequence);
  let queue = account.queues.get(op.device);
  if (!queue) {
    queue = new Map();
    account.queues.set(op.device, queue);
  }
  const entry: QueueEntry = { sequence: op.sequence, key: op.key, stanza: op.stanza, sentOn: null };
  const sameKey = queue.get(op.key);
  if (sameKey) sameKey.push(entry);
  else queue.set(op.key, [entry]);
}

function dequeue(account: AccountRecord, op: Extract<StateOp, { kind: 'dequeue' }>): void {
  const queue = account.queues.get(op.device);
  const sameKey = queue?.get(op.key);
  if (!queue || !sameKey) return;
  const rest = sameKey.filter((entry) => entry.sequence !== op.sequence);
  if (rest.length === 0) queue.delete(op.key);
  else queue.set(op.key, rest);
}
