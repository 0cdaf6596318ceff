import type { KeyRing } from '../config/key-encryption-key.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError, FencedError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import { SealBrokenError } from '../shared/sealed-box.ts';
import { isLinked } from './auth-open-state.ts';
import { createAuthRepository } from './auth-repository.ts';
import { AuthStateError } from './auth-state-error.ts';
import { isSessionBackup, LARGEST_SESSION_BYTES, openSession, sealSession } from './session-backup.ts';
import {
  LARGEST_FILE_BYTES,
  MOST_FILES,
  type Session,
  SessionFolderError,
  sessionOfFiles,
} from './session-folder.ts';
import type { LinkedAccount } from './session-folder-import.ts';
import { loadSession, storeSession } from './session-store.ts';
import { readZip, ZipError } from './zip-archive.ts';

/** A session that was brought, read and checked, and whose account it is. */
export interface BroughtSession {
  readonly session: Session;
  readonly account: LinkedAccount;
}

/** Sessions out of the database and into it. The device must be stopped, and its lease held under `epoch`. */
export interface SessionVault {
  /** The session as a file under the passphrase. Throws SESSION_MISSING, DEVICE_AUTH_CORRUPT, FencedError. */
  export(owner: { deviceId: DeviceId; epoch: number }, passphrase: string): Promise<Buffer>;
  /**
   * Reads a backup, or a folder of Baileys' file store as a zip (which needs no passphrase). Throws BACKUP_INVALID,
   * BACKUP_PASSPHRASE_WRONG.
   */
  read(file: Buffer, passphrase: string | null): Promise<BroughtSession>;
  /** Whether credentials are stored, readable or not. */
  has(deviceId: DeviceId): Promise<boolean>;
  /** Throws FencedError when the lease moved on or another session is stored. */
  store(owner: { deviceId: DeviceId; epoch: number }, session: Session): Promise<void>;
}

interface VaultDeps {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly random: Random;
}

const ZIP_START = Buffer.from('PK');
const ZIP_LIMITS = { entries: MOST_FILES, fileBytes: LARGEST_FILE_BYTES, totalBytes: LARGEST_SESSION_BYTES };

export function createSessionVault(deps: VaultDeps): SessionVault {
  const auth = createAuthRepository(deps.database);
  return {
    async export(owner, passphrase) {
      const session = await loadSession(owner, deps).catch((cause: unknown) => {
        throw told(owner.deviceId, cause);
      });
      if (!session || !isLinked(session.creds))
        throw new AppError('SESSION_MISSING', { deviceId: owner.deviceId });
      return sealSession(session, { passphrase, random: deps.random });
    },
    async read(file, passphrase) {
      const session = isSessionBackup(file) ? await fromBackup(file, passphrase) : await fromZip(file);
      const { me } = session.creds;
      if (!isLinked(session.creds) || !me)
        throw new AppError('BACKUP_INVALID', { reason: 'the session was never paired' });
      return { session, account: { id: me.id, lid: me.lid ?? null, name: me.name ?? null } };
    },
    has: auth.hasCreds,
    store: (owner, session) => storeSession(owner, session, deps),
  };
}

async function fromBackup(file: Buffer, passphrase: string | null): Promise<Session> {
  if (passphrase === null)
    throw new AppError('BACKUP_PASSPHRASE_WRONG', { reason: 'a backup needs its passphrase' });
  return openSession(file, passphrase);
}

async function fromZip(file: Buffer): Promise<Session> {
  if (!file.subarray(0, ZIP_START.length).equals(ZIP_START))
    throw new AppError('BACKUP_INVALID', { reason: 'neither a backup of a session nor a zip' });
  try {
    return await sessionOfFiles(readZip(file, ZIP_LIMITS));
  } catch (cause) {
    if (!(cause instanceof ZipError || cause instanceof SessionFolderError)) throw cause;
    throw new AppError('BACKUP_INVALID', { reason: cause.message }, { cause });
  }
}

/** What is wrong with a stored session, in the words callers know. */
function told(deviceId: DeviceId, cause: unknown): unknown {
  if (cause instanceof AuthStateError && cause.problem === 'fenced')
    return new FencedError('another process took the device', { cause });
  const isDamage = cause instanceof SealBrokenError || cause instanceof AuthStateError;
  return isDamage ? new AppError('DEVICE_AUTH_CORRUPT', { deviceId }, { cause }) : cause;
}
