import { WireError } from './wire-error.ts';

/** Reads forward through bytes; every read past the end throws a WireError. Integers are big-endian. */
export interface ByteReader {
  readonly remaining: number;
  byte(): number;
  /** An unsigned integer of `width` bytes (1 to 4). */
  integer(width: number): number;
  /** A copy, so that what is kept does not hold the whole frame in memory. */
  bytes(count: number): Buffer;
  text(byteLength: number): string;
}

export function createByteReader(input: Uint8Array): ByteReader {
  const buffer = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  let position = 0;

  /** Steps over `count` bytes and returns where they start. */
  function take(count: number): number {
    if (count > buffer.length - position) throw new WireError('The node ends too early');
    const start = position;
    position += count;
    return start;
  }

  return {
    get remaining() {
      return buffer.length - position;
    },
    byte: () => buffer.readUInt8(take(1)),
    integer: (width) => buffer.readUIntBE(take(width), width),
    bytes(count) {
      const start = take(count);
      return Buffer.from(buffer.subarray(start, start + count));
    },
    text(byteLength) {
      const start = take(byteLength);
      return buffer.toString('utf8', start, start + byteLength);
    },
  };
}
