import type { StateOp } from './state-op.ts';
import type { AccountRecord, World } from './world.ts';

/** The operations that rebuild `world` from nothing, in an order that works. */
export function* opsOf(world: World): Generator<StateOp> {
  for (const [name, value] of world.secrets) yield { kind: 'secret', name, value };
  for (const account of world.accounts.values()) {
    const { phoneNumber, lid, pushName, lastDevice } = account;
    yield { kind: 'account', phoneNumber, lid, pushName, lastDevice };
    for (const [name, value] of account.settings) yield { kind: 'setting', phoneNumber, name, value };
    for (const other of account.contacts) yield { kind: 'contact', phoneNumber, other };
    for (const jid of account.blocked) yield { kind: 'block', phoneNumber, jid };
    yield* patchesOf(account);
    yield* devicesOf(account);
    yield* queuesOf(account);
  }
  for (const [owner, picture] of world.pictures) yield { kind: 'picture', owner, ...picture };
  for (const group of world.groups.values()) yield { kind: 'group', group };
}

function* patchesOf({ phoneNumber, collections }: AccountRecord): Generator<StateOp> {
  for (const [collection, { version, patches }] of collections) {
    const first = version - patches.length + 1;
    for (const [index, patch] of patches.entries()) {
      yield { kind: 'patch', phoneNumber, collection, version: first + index, patch };
    }
  }
}

function* devicesOf({ phoneNumber, devices }: AccountRecord): Generator<StateOp> {
  for (const record of devices.values()) {
    const { device, keyIndex, noiseKey, identityKey, registrationId, signedPreKey } = record;
    const { id: signedPreKeyId, publicKey, signature } = signedPreKey;
    const keys = {
      noiseKey,
      identityKey,
      registrationId,
      signedPreKeyId,
      signedPreKey: publicKey,
      signature,
    };
    yield { kind: 'device', phoneNumber, device, keyIndex, ...keys };
    if (record.greeted) yield { kind: 'device-greeted', phoneNumber, device };
    if (record.preKeys.count > 0)
      yield { kind: 'pre-keys', phoneNumber, device, packed: record.preKeys.packed() };
  }
}

function* queuesOf({ phoneNumber, queues }: AccountRecord): Generator<StateOp> {
  for (const [device, queue] of queues) {
    for (const entries of queue.values()) {
      for (const { key, sequence, stanza } of entries) {
        yield { kind: 'enqueue', phoneNumber, device, key, sequence, stanza };
      }
    }
  }
}
