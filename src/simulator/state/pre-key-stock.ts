/** Bytes of one packed pre-key: id in 3, public key in 32. */
export const PACKED_PRE_KEY_BYTES = 35;

/** One-time pre-keys of a device, handed out in the order they came. */
export interface PreKeyStock {
  readonly count: number;
  /** Adds packed pre-keys; `packed` is a multiple of 35 bytes and is kept, not copied. */
  add(packed: Uint8Array): void;
  /** The oldest, which `drop` removes; null when the stock is empty. */
  peek(): { readonly id: number; readonly publicKey: Uint8Array } | null;
  /** Removes the oldest, if any. */
  drop(): void;
  /** What is left, packed. */
  packed(): Uint8Array;
}

/** Keeps whole uploads as they came: 812 keys of 500 devices are 500 buffers, not 400,000 objects. */
export function createPreKeyStock(): PreKeyStock {
  let uploads: Uint8Array[] = [];
  let offset = 0;
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(packed) {
      if (packed.length === 0) return;
      uploads.push(packed);
      count += packed.length / PACKED_PRE_KEY_BYTES;
    },
    peek() {
      const upload = uploads[0];
      if (!upload) return null;
      const entry = Buffer.from(upload.subarray(offset, offset + PACKED_PRE_KEY_BYTES));
      return { id: entry.readUIntBE(0, 3), publicKey: entry.subarray(3) };
    },
    drop() {
      const upload = uploads[0];
      if (!upload) return;
      offset += PACKED_PRE_KEY_BYTES;
      count -= 1;
      if (offset < upload.length) return;
      uploads = uploads.slice(1);
      offset = 0;
    },
    packed() {
      const [first, ...rest] = uploads;
      return first ? Buffer.concat([first.subarray(offset), ...rest]) : new Uint8Array(0);
    },
  };
}
