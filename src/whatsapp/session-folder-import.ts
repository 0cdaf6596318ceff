import { lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyRing } from '../config/key-encryption-key.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import { FencedError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { isMissingFile } from '../shared/missing-file.ts';
import { SealBrokenError } from '../shared/sealed-box.ts';
import { isLinked } from './auth-open-state.ts';
import { createAuthRepository } from './auth-repository.ts';
import { openDeviceSealer } from './auth-sealer.ts';
import { AuthValueError, decodeCreds } from './auth-value-codec.ts';
import { readSessionFolder, type SessionFolder, SessionFolderError } from './session-folder.ts';
import { storeSession } from './session-store.ts';

/** What became of one folder. Only an imported one was renamed, to `….imported`; all others are untouched. */
export interface FolderImport {
  readonly deviceId: DeviceId;
  /** `conflict`: the device has another session stored. `busy`: another process owns the device. */
  readonly outcome: 'imported' | 'broken' | 'conflict' | 'busy';
  /** Why not; null when imported. */
  readonly reason: string | null;
  /** Whose account it is, for the device's row; null unless imported. */
  readonly account: LinkedAccount | null;
}

/** The addresses and the name of the account a session belongs to. */
export interface LinkedAccount {
  readonly id: string;
  readonly lid: string | null;
  readonly name: string | null;
}

interface ImportOptions {
  /** Holds the `auth_info_baileys_<deviceId>` folders. */
  readonly sessionsDir: string;
  readonly database: Database;
  readonly keyRing: KeyRing;
  /** The device's lease is held while its folder is taken over. */
  readonly leases: {
    claim(deviceId: DeviceId): Promise<{ kind: 'claimed'; epoch: number } | { kind: 'owned-elsewhere' }>;
    release(deviceId: DeviceId): Promise<void>;
  };
  /**
   * Called when the session is stored and before its folder is set aside, so that a crash in between repeats it: make the
   * device's row here. Must be idempotent.
   */
  readonly onStored?: (deviceId: DeviceId, account: LinkedAccount) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

const FOLDER_NAME = /^auth_info_baileys_([a-zA-Z0-9_-]{3,50})$/;

/** The devices whose session folders wait to be taken over; none when the folder does not exist. */
export async function importableDeviceIds(sessionsDir: string): Promise<DeviceId[]> {
  const names = await readdir(sessionsDir).catch((error: unknown) => {
    if (isMissingFile(error)) return [];
    throw error;
  });
  return names.flatMap((name) => {
    const deviceId = FOLDER_NAME.exec(name)?.[1];
    return deviceId === undefined ? [] : [deviceId as DeviceId];
  });
}

/**
 * Takes over the sessions of Baileys' own file store, one after the other. Interrupted, it goes on with the next start; a folder
 * that is broken is reported and left alone. Throws what Database and `leases` throw.
 */
export async function importSessionFolders(options: ImportOptions): Promise<FolderImport[]> {
  const results: FolderImport[] = [];
  for (const deviceId of await importableDeviceIds(options.sessionsDir)) {
    const result = await importFolder(deviceId, options);
    const { outcome, reason } = result;
    if (outcome === 'imported') options.log.info({ deviceId }, 'session folder imported');
    else options.log.warn({ deviceId, outcome, reason }, 'session folder not imported');
    results.push(result);
  }
  return results;
}

async function importFolder(deviceId: DeviceId, options: ImportOptions): Promise<FolderImport> {
  const { sessionsDir, leases } = options;
  const path = join(sessionsDir, `auth_info_baileys_${deviceId}`);
  try {
    if (!(await lstat(path)).isDirectory()) throw new SessionFolderError('not a folder');
    const folder = await readSessionFolder(path);
    if (!isLinked(folder.creds) || !folder.creds.me)
      throw new SessionFolderError('the session was never paired');

    const lease = await leases.claim(deviceId);
    if (lease.kind !== 'claimed') return refusal(deviceId, 'busy', 'another process owns the device');
    try {
      const stored = await storedIdentity(deviceId, options);
      if (stored === null) await storeSession({ deviceId, epoch: lease.epoch }, folder, options);
      else if (stored !== identityOf(folder))
        return refusal(deviceId, 'conflict', 'another session is stored');
    } finally {
      await leases.release(deviceId);
    }
    const { id, lid, name } = folder.creds.me;
    const account = { id, lid: lid ?? null, name: name ?? null };
    await options.onStored?.(deviceId, account);
    await setAside(path, options.clock);
    return { deviceId, outcome: 'imported', reason: null, account };
  } catch (error) {
    if (error instanceof SessionFolderError) return refusal(deviceId, 'broken', error.message);
    if (error instanceof FencedError) return refusal(deviceId, 'busy', 'another process took the device');
    throw error;
  }
}

/** The identity stored for the device, `unknown` when it cannot be read; null when no credentials are stored. */
async function storedIdentity(
  deviceId: DeviceId,
  { database, keyRing }: ImportOptions,
): Promise<string | null> {
  const { creds, dataKey } = await createAuthRepository(database).load(deviceId);
  if (!creds) return null;
  if (!dataKey) return 'unknown';
  try {
    return identityOf({
      creds: decodeCreds(openDeviceSealer(keyRing, deviceId, dataKey).openCreds(creds.sealed)),
    });
  } catch (error) {
    // Damage is not ours to judge here: the folder stays, and opening the device tells what is wrong.
    if (!(error instanceof SealBrokenError || error instanceof AuthValueError)) throw error;
    return 'unknown';
  }
}

function identityOf({ creds }: Pick<SessionFolder, 'creds'>): string {
  return Buffer.from(creds.signedIdentityKey.public).toString('base64');
}

/** The old folder stays, out of our way and Baileys': whoever goes back to the former program still has it. */
async function setAside(path: string, clock: Clock): Promise<void> {
  const target = `${path}.imported`;
  const isFree = await lstat(target).then(
    () => false,
    () => true,
  );
  await rename(path, isFree ? target : `${target}.${clock.now().getTime()}`);
}

function refusal(deviceId: DeviceId, outcome: 'broken' | 'conflict' | 'busy', reason: string): FolderImport {
  return { deviceId, outcome, reason, account: null };
}
