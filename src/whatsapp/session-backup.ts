import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AppError } from '../shared/errors.ts';
import type { Random } from '../shared/random.ts';
import { open, SEAL_KEY_BYTES, SealBrokenError, seal } from '../shared/sealed-box.ts';
import { AuthValueError, decodeCreds, encodeCreds, reencodeKeyFile } from './auth-value-codec.ts';
import {
  isKeyName,
  LARGEST_FILE_BYTES,
  MOST_FILES,
  type Session,
  type SessionKey,
} from './session-folder.ts';

/**
 * A session as a file: `[WAFLEET-SESSION][version 1][salt 16][check 16][sealed box]`. The box holds gzipped JSON under a key that
 * scrypt makes of the passphrase and the salt; the same scrypt also makes `check`, which tells a wrong passphrase from damage.
 */
const MAGIC = Buffer.from('WAFLEET-SESSION');
const VERSION = 1;
const SALT_BYTES = 16;
const CHECK_BYTES = 16;
const SALT_AT = MAGIC.length + 1;
const CHECK_AT = SALT_AT + SALT_BYTES;
const BOX_AT = CHECK_AT + CHECK_BYTES;

/** 32 MiB of memory and about a third of a second for each guess. Another cost is another version. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
/** What a backup may unpack to. */
export const LARGEST_SESSION_BYTES = 64 * 1024 * 1024;

const pack = promisify<Buffer, Buffer>(gzip);
const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** Whether these bytes begin like a backup of ours. */
export function isSessionBackup(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC);
}

/** The session as a file that only the passphrase opens. */
export async function sealSession(
  { creds, keys }: Session,
  { passphrase, random }: { passphrase: string; random: Random },
): Promise<Buffer> {
  const salt = random.bytes(SALT_BYTES);
  const { key, check } = await derive(passphrase, salt);
  const head = Buffer.concat([MAGIC, Buffer.of(VERSION), salt, check]);
  const content = {
    creds: encodeCreds(creds).toString(),
    keys: keys.map(({ type, keyId, value }) => [type, keyId, value.toString()]),
  };
  const packed = await pack(Buffer.from(JSON.stringify(content)));
  return Buffer.concat([head, seal(key, packed, contextOf(head))]);
}

/** What `sealSession` sealed. Throws BACKUP_PASSPHRASE_WRONG, BACKUP_INVALID. */
export async function openSession(backup: Buffer, passphrase: string): Promise<Session> {
  if (!isSessionBackup(backup) || backup.length <= BOX_AT) throw invalid('the file is cut short');
  if (backup[MAGIC.length] !== VERSION) throw invalid('another version wrote the file');
  const { key, check } = await derive(passphrase, backup.subarray(SALT_AT, CHECK_AT));
  if (!timingSafeEqual(check, backup.subarray(CHECK_AT, BOX_AT)))
    throw new AppError('BACKUP_PASSPHRASE_WRONG');
  try {
    const packed = open(key, backup.subarray(BOX_AT), contextOf(backup.subarray(0, BOX_AT)));
    const json = await unpack(packed, { maxOutputLength: LARGEST_SESSION_BYTES });
    return parse(JSON.parse(json.toString()));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw invalid(cause instanceof SealBrokenError ? 'the file was changed' : 'the file is damaged', cause);
  }
}

async function derive(passphrase: string, salt: Buffer): Promise<{ key: Buffer; check: Buffer }> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, SEAL_KEY_BYTES + CHECK_BYTES, COST, (error, derived) =>
      error ? reject(error) : resolve(derived),
    );
  });
  return { key: bytes.subarray(0, SEAL_KEY_BYTES), check: bytes.subarray(SEAL_KEY_BYTES) };
}

function contextOf(head: Uint8Array): string {
  return Buffer.from(head).toString('hex');
}

/** Whoever knows the passphrase may have written anything, so what comes out is checked like any input. */
function parse(content: unknown): Session {
  if (typeof content !== 'object' || content === null || !('creds' in content) || !('keys' in content))
    throw invalid('the file holds no session');
  const { creds, keys } = content;
  if (typeof creds !== 'string' || !Array.isArray(keys) || keys.length > MOST_FILES)
    throw invalid('the file holds no session');
  try {
    return { creds: decodeCreds(Buffer.from(creds)), keys: keys.flatMap(parseKey) };
  } catch (cause) {
    if (cause instanceof AuthValueError) throw invalid('the credentials or a key are incomplete', cause);
    throw cause;
  }
}

function parseKey(row: unknown): SessionKey[] {
  const [type, keyId, text]: unknown[] = Array.isArray(row) ? row : [];
  const isWhole = typeof type === 'string' && typeof keyId === 'string' && typeof text === 'string';
  if (!isWhole || !isKeyName(type, keyId) || text.length > LARGEST_FILE_BYTES)
    throw invalid('the file holds something that is no key');
  const value = reencodeKeyFile(type, Buffer.from(text));
  return value === null ? [] : [{ type, keyId, value }];
}

function invalid(reason: string, cause?: unknown): AppError {
  return new AppError('BACKUP_INVALID', { reason }, { cause });
}
