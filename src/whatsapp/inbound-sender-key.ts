import type { BufferJSON, proto, SignalKeyStore } from '@whiskeysockets/baileys';

/** What reading sender keys borrows of Baileys. */
export interface SenderKeyReaders {
  readonly BufferJSON: typeof BufferJSON;
  readonly proto: typeof proto;
}

/** As Baileys stores a member's sender key: a list of states. */
interface SenderKeyState {
  readonly senderKeyId: number;
  readonly senderChainKey: { readonly iteration: number };
  readonly senderSigningKey: { readonly public: Uint8Array };
}

/** How far ahead of a chain a message may be (libsignal's bound). */
const LARGEST_GAP = 2000;

/**
 * Whether the stored sender key already does what a distribution message asks for. Taking one in again would start its chain
 * anew: consumed messages would decrypt a second time, and five repetitions push out every older state.
 */
export async function knowsSenderKey(
  request: { keys: SignalKeyStore; keyName: string; distribution: Uint8Array },
  { BufferJSON, proto }: SenderKeyReaders,
): Promise<boolean> {
  const { keys, keyName, distribution } = request;
  const { [keyName]: stored } = await keys.get('sender-key', [keyName]);
  if (!stored) return false;
  // The first byte is the version.
  const asked = proto.SenderKeyDistributionMessage.decode(distribution.subarray(1));
  const states: readonly SenderKeyState[] = JSON.parse(Buffer.from(stored).toString(), BufferJSON.reviver);
  return states.some(
    ({ senderKeyId, senderChainKey, senderSigningKey }) =>
      senderKeyId === (asked.id ?? 0) &&
      isSameKey(senderSigningKey.public, asked.signingKey ?? new Uint8Array()) &&
      (asked.iteration ?? 0) - senderChainKey.iteration <= LARGEST_GAP,
  );
}

/** A signing key may come with its type byte or without. */
function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).subarray(-32).equals(Buffer.from(b).subarray(-32));
}
