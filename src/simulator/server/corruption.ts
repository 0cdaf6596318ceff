import type { WireNode } from '../node.ts';
import { childrenOf } from './stanza.ts';

/** The same message with one bit of each ciphertext turned over, near its end: framing stays intact, the MAC fails. */
export function corrupted(message: WireNode): WireNode {
  return { ...message, content: childrenOf(message).map(corruptChild) };
}

function corruptChild(child: WireNode): WireNode {
  if (child.tag !== 'enc' || !(child.content instanceof Uint8Array)) return child;
  const bytes = Buffer.from(child.content);
  const last = bytes.length - 1;
  if (last >= 0) bytes[last] = (bytes[last] ?? 0) ^ 1;
  return { ...child, content: bytes };
}
