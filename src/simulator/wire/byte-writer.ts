/** A growing buffer; all integers are big-endian. */
export interface ByteWriter {
  byte(value: number): void;
  /** An unsigned integer of `width` bytes (1 to 4). */
  integer(value: number, width: number): void;
  bytes(value: Uint8Array): void;
  text(value: string, byteLength: number): void;
  /** What was written so far; the writer must not be used afterwards. */
  finish(): Buffer;
}

const INITIAL_BYTES = 512;

export function createByteWriter(): ByteWriter {
  let buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  let used = 0;

  /** Makes room for `count` bytes and returns where they go. */
  function reserve(count: number): number {
    const start = used;
    used += count;
    if (used > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(used, buffer.length * 2));
      buffer.copy(larger, 0, 0, start);
      buffer = larger;
    }
    return start;
  }

  return {
    byte(value) {
      const at = reserve(1);
      buffer[at] = value;
    },
    integer(value, width) {
      const at = reserve(width);
      buffer.writeUIntBE(value, at, width);
    },
    bytes(value) {
      const at = reserve(value.length);
      buffer.set(value, at);
    },
    text(value, byteLength) {
      const at = reserve(byteLength);
      buffer.write(value, at, byteLength, 'utf8');
    },
    finish: () => buffer.subarray(0, used),
  };
}
