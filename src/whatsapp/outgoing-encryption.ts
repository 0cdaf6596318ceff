import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { open } from 'node:fs/promises';

/** The keys of one file, derived from its media key. */
export interface FileKeys {
  readonly iv: Uint8Array;
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
}

/** What a recipient checks a file against. */
export interface EncryptedFile {
  readonly fileSha256: Buffer;
  /** Of the encrypted bytes with their MAC. */
  readonly fileEncSha256: Buffer;
  readonly fileLength: number;
}

const MAC_BYTES = 10;

/**
 * Writes the encrypted form of a file to `path`, a piece at a time. Not left to the library, which writes to the machine's folder for
 * temporary files with nobody listening for its errors: a full disk would end the process.
 */
export async function encryptFile(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  { iv, cipherKey, macKey }: FileKeys,
): Promise<EncryptedFile> {
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const [plain, sealed] = [createHash('sha256'), createHash('sha256')];
  let fileLength = 0;
  const handle = await open(path, 'w', 0o600);
  const put = async (piece: Buffer) => {
    mac.update(piece);
    sealed.update(piece);
    await handle.writeFile(piece);
  };
  try {
    for await (const chunk of bytes) {
      fileLength += chunk.length;
      plain.update(chunk);
      await put(cipher.update(chunk));
    }
    await put(cipher.final());
    const proof = mac.digest().subarray(0, MAC_BYTES);
    sealed.update(proof);
    await handle.writeFile(proof);
    return { fileSha256: plain.digest(), fileEncSha256: sealed.digest(), fileLength };
  } finally {
    await handle.close();
  }
}
