import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid } from './directory.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { bytesOf, childOf, childrenNamed, node, resultOf, seconds } from './stanza.ts';

/** `w:sync:app:state`: versioned collections of encrypted patches, written and read by the devices of a person. */
export function answerAppState(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome | null {
  const sync = childOf(iq, 'sync');
  if (!sync) return null;
  const written: string[] = [];
  const collections = childrenNamed(sync, 'collection').map((collection) => {
    const patch = bytesOf(childOf(collection, 'patch'));
    if (!patch) return readCollection(origin, collection);
    const answer = writePatch(context, origin, { collection, patch });
    if (!answer.attrs.type) written.push(collection.attrs.name ?? '');
    return answer;
  });
  const answer = resultOf(iq, [node('sync', {}, collections)]);
  return { answer, afterwards: () => announce(context, origin, written) };
}

function readCollection({ account }: Origin, { attrs: { name = '', version = '0' } }: WireNode): WireNode {
  const collection = account.collections.get(name);
  const current = collection?.version ?? 0;
  const missing = collection?.patches.slice(Number(version)) ?? [];
  const patches = missing.map((patch) => node('patch', {}, patch));
  const content = patches.length > 0 ? [node('patches', {}, patches)] : [];
  return node('collection', { name, version: String(current), has_more_patches: 'false' }, content);
}

/** A patch is taken when its author had seen all before it; otherwise 409, and what the author has missed. */
function writePatch(
  { state }: ServerContext,
  origin: Origin,
  { collection, patch }: { collection: WireNode; patch: Uint8Array },
): WireNode {
  const { name = '', version = '0' } = collection.attrs;
  const { account } = origin;
  const current = account.collections.get(name)?.version ?? 0;
  if (Number(version) !== current) {
    const missed = readCollection(origin, collection);
    const error = node('error', { code: '409', text: 'conflict' });
    const content = [error, ...childrenNamed(missed, 'patches')];
    return node('collection', { ...missed.attrs, type: 'error' }, content);
  }
  const next = current + 1;
  const { phoneNumber } = account;
  const stored = withVersion(patch, next);
  state.commit({ kind: 'patch', phoneNumber, collection: name, version: next, patch: stored });
  return node('collection', { name, version: String(next) });
}

/** Authors leave the version to the server: SyncdPatch.version (1) is a SyncdVersion whose field 1 is the number. */
function withVersion(patch: Uint8Array, version: number): Uint8Array {
  const inner = [0x08, ...varint(version)];
  return Buffer.concat([Uint8Array.of(0x0a, inner.length, ...inner), patch]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

function announce(context: ServerContext, { account, device }: Origin, names: readonly string[]): void {
  for (const name of names) {
    const version = String(account.collections.get(name)?.version ?? 0);
    const attrs = {
      from: accountJid(account),
      type: 'server_sync',
      id: context.nextId(),
      t: seconds(context.clock),
    };
    const notification = node('notification', attrs, [node('collection', { name, version })]);
    for (const ref of context.directory.devicesOf(account)) {
      if (ref.device !== device) context.delivery.deliver(ref, notification);
    }
  }
}
