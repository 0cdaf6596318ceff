import type { KeyBundle } from '../core.ts';
import type { WireNode } from '../node.ts';
import { PACKED_PRE_KEY_BYTES } from '../state/pre-key-stock.ts';
import type { DeviceRecord } from '../state/world.ts';
import type { Origin, ServerContext } from './context.ts';
import type { DeviceRef } from './directory.ts';
import type { IqOutcome } from './iq-outcome.ts';
import {
  bytesOf,
  childOf,
  childrenNamed,
  errorOf,
  node,
  resultOf,
  SERVER_JID,
  seconds,
  uintBytes,
  uintOf,
} from './stanza.ts';

/** Below this the client is told to bring more one-time pre-keys. */
const LOW_STOCK = 5;
/** The type byte of a Curve25519 key. */
const KEY_TYPE = Uint8Array.of(5);

/** `encrypt`: a device's own pre-keys (count, digest, upload, rotate), and the keys of others. */
export function answerEncrypt(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome | null {
  const wanted = childOf(iq, 'key');
  if (wanted) return { answer: resultOf(iq, [keyList(context, wanted)]) };
  const record = origin.account.devices.get(origin.device);
  if (!record) return null;
  if (iq.attrs.type === 'set') return takeKeys(context, { origin, record, iq });
  if (childOf(iq, 'count')) {
    return { answer: resultOf(iq, [node('count', { value: String(record.preKeys.count) })]) };
  }
  if (childOf(iq, 'digest')) return { answer: resultOf(iq, [digestOf(record)]) };
  return null;
}

function keyList(context: ServerContext, wanted: WireNode): WireNode {
  const users = childrenNamed(wanted, 'user').map(({ attrs: { jid = '' } }) => {
    const ref = context.directory.resolve(jid);
    const bundle = ref && context.directory.takeKeyBundle(ref);
    if (!ref || !bundle)
      return node('user', { jid }, [node('error', { code: '404', text: 'item-not-found' })]);
    if (bundle.preKey) warnOfLowStock(context, ref);
    return node('user', { jid }, bundleNodes(bundle));
  });
  return node('list', {}, users);
}

function bundleNodes({ registrationId, identityKey, signedPreKey, preKey }: KeyBundle): WireNode[] {
  return [
    node('registration', {}, uintBytes(registrationId, 4)),
    node('type', {}, KEY_TYPE),
    node('identity', {}, identityKey),
    node('skey', {}, [...keyNodes(signedPreKey), node('signature', {}, signedPreKey.signature)]),
    ...(preKey ? [node('key', {}, keyNodes(preKey))] : []),
  ];
}

function keyNodes({ id, publicKey }: { id: number; publicKey: Uint8Array }): WireNode[] {
  return [node('id', {}, uintBytes(id, 3)), node('value', {}, publicKey)];
}

function warnOfLowStock(context: ServerContext, ref: DeviceRef): void {
  const count = ref.account.devices.get(ref.device)?.preKeys.count;
  if (count === undefined || count >= LOW_STOCK) return;
  const attrs = { from: SERVER_JID, type: 'encrypt', id: context.nextId(), t: seconds(context.clock) };
  context.delivery.deliver(ref, node('notification', attrs, [node('count', { value: String(count) })]));
}

function digestOf({ registrationId, identityKey, signedPreKey }: DeviceRecord): WireNode {
  return node('digest', {}, [
    node('registration', {}, uintBytes(registrationId, 4)),
    node('type', {}, KEY_TYPE),
    node('identity', {}, identityKey),
    node('skey', {}, [...keyNodes(signedPreKey), node('signature', {}, signedPreKey.signature)]),
  ]);
}

interface Upload {
  readonly origin: Origin;
  readonly record: DeviceRecord;
  readonly iq: WireNode;
}

/** Upload (`list`, `skey`, `identity`) or rotation (`rotate` around an `skey`). */
function takeKeys({ state }: ServerContext, { origin, record, iq }: Upload): IqOutcome | null {
  const { phoneNumber } = origin.account;
  const { device } = origin;
  const skey = childOf(childOf(iq, 'rotate') ?? iq, 'skey');
  const list = childOf(iq, 'list');
  if (!skey && !list) return null;
  const identity = bytesOf(childOf(iq, 'identity'));
  if (identity && Buffer.compare(identity, record.identityKey) !== 0) {
    return { answer: errorOf(iq, 406, 'not-acceptable') };
  }
  const signed = skey && signedPreKeyOf(skey);
  const packed = list && packPreKeys(list);
  if ((skey && !signed) || (list && !packed)) return { answer: errorOf(iq, 400, 'bad-request') };
  if (signed) state.commit({ kind: 'signed-pre-key', phoneNumber, device, ...signed });
  if (packed) state.commit({ kind: 'pre-keys', phoneNumber, device, packed });
  return { answer: resultOf(iq) };
}

/** The signed pre-key of an `skey` node; null when a part is missing or has the wrong length. */
function signedPreKeyOf(skey: WireNode): KeyBundle['signedPreKey'] | null {
  const id = uintOf(childOf(skey, 'id'));
  const publicKey = bytesOf(childOf(skey, 'value'));
  const signature = bytesOf(childOf(skey, 'signature'));
  if (id === null || publicKey?.length !== 32 || signature?.length !== 64) return null;
  return { id, publicKey: Buffer.from(publicKey), signature: Buffer.from(signature) };
}

function packPreKeys(list: WireNode): Uint8Array | null {
  const keys = childrenNamed(list, 'key');
  const packed = Buffer.alloc(keys.length * PACKED_PRE_KEY_BYTES);
  for (const [index, key] of keys.entries()) {
    const id = uintOf(childOf(key, 'id'));
    const value = bytesOf(childOf(key, 'value'));
    if (id === null || id > 0xff_ff_ff || value?.length !== 32) return null;
    packed.writeUIntBE(id, index * PACKED_PRE_KEY_BYTES, 3);
    packed.set(value, index * PACKED_PRE_KEY_BYTES + 3);
  }
  return packed;
}
