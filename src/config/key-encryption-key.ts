import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileDurably } from '../shared/durable-file.ts';
import { isMissingFile } from '../shared/missing-file.ts';
import type { Random } from '../shared/random.ts';
import { SEAL_KEY_BYTES } from '../shared/sealed-box.ts';

/** The key that wraps every device's data key. Its id is derived from it and is no secret. */
export interface KeyEncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

/** What wraps now, and what may still have wrapped rows written before a rotation. */
export interface KeyRing extends KeyEncryptionKey {
  readonly previous: readonly KeyEncryptionKey[];
}

/** The key is missing or unusable; the message says what a person must do. */
export class KeyEncryptionKeyError extends Error {
  override readonly name = 'KeyEncryptionKeyError';
}

interface KeySource {
  /** 32 bytes in hex or base64; earlier keys may follow, separated by commas, the current one first. Null when unset. */
  readonly fromEnvironment: string | null;
  readonly dataDir: string;
  readonly random: Random;
  /** Whether the database holds data keys already: then a new key would make every session unreadable. */
  hasWrappedKeys(): Promise<boolean>;
}

const FILE_NAME = 'master.key';

/**
 * The key from the environment, else from `master.key` in the data folder, else a new one written there (mode 0600).
 * A key file beside a key from the environment counts as previous, so that moving to the environment is a rotation.
 * Throws KeyEncryptionKeyError; never makes a new key while wrapped keys exist, never replaces a damaged file.
 */
export async function loadKeyEncryptionKey(source: KeySource): Promise<KeyRing> {
  const given = source.fromEnvironment?.split(',').map((text) => parse(text, 'the environment')) ?? [];
  const stored = readKeyFile(source.dataDir);
  const [current, ...previous] = stored ? [...given, stored] : given;
  if (current) return { ...current, previous: previous.filter(({ id }) => id !== current.id) };
  if (await source.hasWrappedKeys()) {
    throw new KeyEncryptionKeyError(
      `The database holds encrypted sessions but ${FILE_NAME} is missing from the data folder. ` +
        'Put the file back or supply the key by the environment; a new key could not read them.',
    );
  }
  return { ...generate(source), previous: [] };
}

function generate({ dataDir, random }: KeySource): KeyEncryptionKey {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  createFileDurably(
    join(dataDir, FILE_NAME),
    Buffer.from(`${random.bytes(SEAL_KEY_BYTES).toString('base64')}\n`),
  );
  // Read back: when two processes started at once, the one that came first decides.
  const key = readKeyFile(dataDir);
  if (!key) throw new KeyEncryptionKeyError(`${FILE_NAME} vanished from the data folder while it was made.`);
  return key;
}

function readKeyFile(dataDir: string): KeyEncryptionKey | null {
  try {
    return parse(readFileSync(join(dataDir, FILE_NAME), 'utf8'), FILE_NAME);
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
}

function parse(text: string, origin: string): KeyEncryptionKey {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64');
  if (key.length !== SEAL_KEY_BYTES) {
    throw new KeyEncryptionKeyError(
      `The key encryption key of ${origin} must be ${SEAL_KEY_BYTES} bytes in hex or base64, not ${key.length}.`,
    );
  }
  return { id: createHash('sha256').update('key id').update(key).digest('hex').slice(0, 16), key };
}
