import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import { AuthValueError, decodeCreds, reencodeKeyFile } from './auth-value-codec.ts';

/** A whole session outside its store. */
export interface Session {
  readonly creds: AuthenticationCreds;
  readonly keys: readonly SessionKey[];
}

export interface SessionKey {
  readonly type: string;
  readonly keyId: string;
  /** Encoded as `encodeKey` does. */
  readonly value: Buffer;
}

/** A session as Baileys' file store keeps it, read and checked. */
export interface SessionFolder extends Session {
  /** Key files that hold no JSON (a crash of the old store cut them short); Baileys takes them as absent too. */
  readonly damagedKeys: number;
}

/** The folder is no session that can be taken over; the message says why and names no secret. */
export class SessionFolderError extends Error {
  override readonly name = 'SessionFolderError';
}

const CREDS_FILE = 'creds.json';
/** What the columns of our store hold. */
const LONGEST_KEY_TYPE = 40;
const LONGEST_KEY_ID = 191;
export const MOST_FILES = 50_000;
export const LARGEST_FILE_BYTES = 16 * 1024 * 1024;
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

  return sessionOfFiles(filesOf(path, entries));
}

async function* filesOf(path: string, entries: readonly { name: string }[]): AsyncGenerator<SessionFile> {
  let total = 0;
  for (const { name } of entries) {
    if (name !== CREDS_FILE && !keyOfFile(name)) continue;
    const bytes = await readPlainFile(join(path, name));
    total += bytes.length;
    if (total > LARGEST_FOLDER_BYTES) throw new SessionFolderError('the folder is too large');
    yield { name, bytes };
  }
}

/** A file of Baileys' store, by its name without a path. */
export interface SessionFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The session that files make, wherever they come from; other files among them count for nothing. Throws SessionFolderError. */
export async function sessionOfFiles(files: AsyncIterable<SessionFile>): Promise<SessionFolder> {
  let creds: AuthenticationCreds | null = null;
  const keys: SessionKey[] = [];
  let damagedKeys = 0;
  for await (const { name, bytes } of files) {
    if (name === CREDS_FILE) creds = parseCreds(bytes);
    const key = keyOfFile(name);
    if (!key) continue;
    const value = parseKey(key.type, bytes);
    if (value === 'damaged') damagedKeys += 1;
    else if (value) keys.push({ ...key, value });
  }
  if (!creds) throw new SessionFolderError(`no ${CREDS_FILE}`);
  return { creds, keys, damagedKeys };
}

/** Whether our store has room for a key of this name; a session from elsewhere may say anything. */
export function isKeyName(type: string, keyId: string): boolean {
  const isType = type !== '' && type.length <= LONGEST_KEY_TYPE;
  return isType && keyId !== '' && keyId.length <= LONGEST_KEY_ID;
}

/** The key a file of Baileys' store holds; null for any other file. Its name is the id with `/` as `__` and `:` as `-`. */
function keyOfFile(name: string): { type: string; keyId: string } | null {
  const type = KEY_TYPES.find((known) => name.startsWith(`${known}-`));
  if (!type || !name.endsWith('.json')) return null;
  const written = name.slice(type.length + 1, -'.json'.length);
  const keyId = unescapeId(type, written);
  if (written === '') return null;
  if (!isKeyName(type, keyId)) throw new SessionFolderError('the name of a file is too long');
  return { type, keyId };
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
