import type { KeyBundle } from '../core.ts';
import type { WireNode } from '../node.ts';
import { bytesOf, childOf, node, uintBytes, uintOf } from '../server/stanza.ts';

/** Reads the keys of a `user` in the directory's answer; null when they are incomplete. */
export function parseKeyBundle(user: WireNode): KeyBundle | null {
  return readKeys(user, user);
}

/** Reads the keys a retry receipt may carry; null when it carries none. */
export function parseRetryKeys(receipt: WireNode): KeyBundle | null {
  const keys = childOf(receipt, 'keys');
  return keys && readKeys(receipt, keys);
}

/** The children of a retry receipt that let the sender open a new session with us. */
export function retryKeyNodes({ registrationId, identityKey, signedPreKey, preKey }: KeyBundle): WireNode[] {
  return [
    node('registration', {}, uintBytes(registrationId, 4)),
    node('keys', {}, [
      node('type', {}, Buffer.from([5])),
      node('identity', {}, identityKey),
      ...(preKey ? [node('key', {}, keyNodes(preKey))] : []),
      node('skey', {}, [...keyNodes(signedPreKey), node('signature', {}, signedPreKey.signature)]),
    ]),
  ];
}

function keyNodes({ id, publicKey }: { id: number; publicKey: Uint8Array }): WireNode[] {
  return [node('id', {}, uintBytes(id, 3)), node('value', {}, publicKey)];
}

function readKeys(outer: WireNode, keys: WireNode): KeyBundle | null {
  const registrationId = uintOf(childOf(outer, 'registration'));
  const identityKey = bytesOf(childOf(keys, 'identity'));
  const skey = childOf(keys, 'skey');
  const signed = readKey(skey);
  const signature = bytesOf(skey && childOf(skey, 'signature'));
  if (registrationId === null || !identityKey || !signed || !signature) return null;
  const preKey = readKey(childOf(keys, 'key'));
  return { registrationId, identityKey, signedPreKey: { ...signed, signature }, preKey };
}

function readKey(parent: WireNode | null): { id: number; publicKey: Uint8Array } | null {
  if (!parent) return null;
  const id = uintOf(childOf(parent, 'id'));
  const publicKey = bytesOf(childOf(parent, 'value'));
  return id === null || !publicKey ? null : { id, publicKey };
}
