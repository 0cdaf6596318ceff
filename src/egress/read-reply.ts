import type { Socket } from 'node:net';
import { EgressError } from './egress-error.ts';

const LONGEST_REPLY = 16_384;

/**
 * Reads one reply and not a byte more: `lengthOf` says how long it is, or null while that cannot be told yet. Throws
 * EgressError connection when the socket ends first, and too-large.
 */
export async function readReply(socket: Socket, lengthOf: (bytes: Buffer) => number | null): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk]);
    const length = lengthOf(bytes);
    if (length !== null && length <= bytes.length) {
      if (length < bytes.length) socket.unshift(bytes.subarray(length));
      return bytes.subarray(0, length);
    }
    if (bytes.length > LONGEST_REPLY) throw new EgressError('too-large');
  }
  throw new EgressError('connection');
}
