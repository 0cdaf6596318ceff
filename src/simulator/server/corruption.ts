import type { WireNode } from '../node.ts';
import { childrenOf } from './stanza.ts';

/** The same message with one bit of each ciphertext turned over where only the MAC or the signature notices. */
export function corrupted(message: WireNode): WireNode {
  return { ...message, content: childrenOf(message).map(corruptChild) };
}

function corruptChild(child: WireNode): WireNode {
  if (child.tag !== 'enc' || !(child.content instanceof Uint8Array)) return child;
  const bytes = Buffer.from(child.content);
  const end = child.attrs.type === 'pkmsg' ? endOfInnerMessage(bytes) : bytes.length;
  bytes[end - 1] = (bytes[end - 1] ?? 0) ^ 1;
  return { ...child, content: bytes };
}

/** The field of a PreKeySignalMessage that holds the SignalMessage; others follow it, and carry no MAC. */
const INNER_MESSAGE_FIELD = 4;
const LENGTH_DELIMITED = 2;

/** Walks the protobuf fields behind the version byte; all of them are numbers or bytes. */
function endOfInnerMessage(bytes: Buffer): number {
  let offset = 1;
  const varint = () => {
    let value = 0;
    for (let shift = 0; offset < bytes.length; shift += 7) {
      const byte = bytes[offset] ?? 0;
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (offset < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === LENGTH_DELIMITED) offset += value;
    if (tag >> 3 === INNER_MESSAGE_FIELD) return offset;
  }
  return bytes.length;
}
