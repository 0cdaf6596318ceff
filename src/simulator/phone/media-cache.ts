/** Files the phones have at hand, by the hex SHA-256 of their plaintext; the oldest go when there are too many. */
export interface MediaCache {
  put(sha256: string, file: Uint8Array): void;
  get(sha256: string): Uint8Array | null;
}

const MOST_BYTES = 128 * 1024 * 1024;

export function createMediaCache(): MediaCache {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const drop = (sha256: string) => {
    bytes -= files.get(sha256)?.length ?? 0;
    files.delete(sha256);
  };
  return {
    put(sha256, file) {
      drop(sha256);
      files.set(sha256, file);
      bytes += file.length;
      for (const oldest of files.keys()) {
        if (bytes <= MOST_BYTES) break;
        drop(oldest);
      }
    },
    get: (sha256) => files.get(sha256) ?? null,
  };
}
