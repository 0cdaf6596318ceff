import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import { AuthValueError, decodeCreds, reencodeKeyFile } from './auth-value-codec.ts';

/** A session as Baileys' file store keeps it, read and checked. */
export interface SessionFolder {
  readonly creds: AuthenticationCreds;
  /** Encoded as `encodeKey` does. */
  readonly keys: readonly { readonly type: string; readonly keyId: string; readonly value: Buffer }[];
  /** Key files that hold no JSON (a crash of the old store cut them short); Baileys takes them as absent too. */
  readonly damagedKeys: number;
}

/** The folder is no session that can be taken over; the message says why and names no secret. */
export class SessionFolderError extends Error {
  override readonly name = 'SessionFolderError';
}

const CREDS_FILE = 'creds.json';
const MOST_FILES = 50_000;
const LARGEST_FILE_BYTES = 16 * 1024 * 1024;
const LARGEST_FOLDER_BYTES = 256 * 1024 * 1024;

/** Longer names first: `sender-key` is the beginning of `sender-key-memory`. */
const KEY_TYPES = [
  'app-state-sync-version',
  'app-state-sync-key',
  'sender-key-memory',
  'identity-key',
  'device-list',
  'lid-mapping',
  'sender-key',
  'pre-key',
  'session',
  'tctoken',
];

/** Reads a whole folder. Throws SessionFolderError; a link anywhere in it is a refusal, never followed. */
export async function readSessionFolder(path: string): Promise<SessionFolder> {
  const entries = await readdir(path, { withFileTypes: true });
  if (entries.length > MOST_FILES) throw new SessionFolderError(`more than ${MOST_FILES} files`);
  if (entries.some((entry) => !entry.isFile()))
    throw new SessionFolderError('a link or folder among the files');
  if (!entries.some(({ name }) => name === CREDS_FILE)) throw new SessionFolderError(`no ${CREDS_FILE}`);

  const creds = parseCreds(await readPlainFile(join(path, CREDS_FILE)));
  const keys: { type: string; keyId: string; value: Buffer }[] = [];
  let damagedKeys = 0;
  let total = 0;
  for (const { name } of entries) {
    const key = keyOfFile(name);
    if (!key) continue;
    const bytes = await readPlainFile(join(path, name));
    total += bytes.length;
    if (total > LARGEST_FOLDER_BYTES) throw new SessionFolderError('the folder is too large');
    const value = parseKey(key.type, bytes);
    if (value === 'damaged') damagedKeys += 1;
    else if (value) keys.push({ ...key, value });
  }
  return { creds, keys, damagedKeys };
}

/** The key a file of Baileys' store holds; null for any other file. Its name is the id with `/` as `__` and `:` as `-`. */
function keyOfFile(name: string): { type: string; keyId: string } | null {
  const type = KEY_TYPES.find((known) => name.startsWith(`${known}-`));
  if (!type || !name.endsWith('.json')) return null;
  const written = name.slice(type.length + 1, -'.json'.length);
  if (written === '') return null;
  return { type, keyId: unescapeId(type, written) };
}

/** The escaping loses information, so only the ids that can hold the escaped characters are turned back. */
function unescapeId(type: string, written: string): string {
  // Base 64: a slash is likely, an underscore impossible.
  if (type === 'app-state-sync-key') return written.replaceAll('__', '/');
  // `group::user::device`; older group ids hold a dash of their own.
  if (type === 'sender-key') return written.replace(/^(.+)--(.+)--(\d+)$/, '$1::$2::$3');
  return written;
}

function parseCreds(bytes: Buffer): AuthenticationCreds {
  try {
    return decodeCreds(bytes);
  } catch (cause) {
    if (!(cause instanceof AuthValueError)) throw cause;
    throw new SessionFolderError(`${CREDS_FILE} is damaged or incomplete`, { cause });
  }
}

function parseKey(type: string, bytes: Buffer): Buffer | null | 'damaged' {
  try {
    return reencodeKeyFile(type, bytes);
  } catch (error) {
    if (error instanceof AuthValueError) return 'damaged';
    throw error;
  }
}

async function readPlainFile(path: string): Promise<Buffer> {
  const file = await openUnlinked(path);
  try {
    const { size, nlink } = await file.stat();
    if (nlink > 1) throw new SessionFolderError('a linked file');
    if (size > LARGEST_FILE_BYTES) throw new SessionFolderError('a file is too large');
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Not followed even when the file became a link after the folder was listed. Windows has no such flag. */
async function openUnlinked(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (cause) {
    throw new SessionFolderError('a file cannot be read', { cause });
  }
}
