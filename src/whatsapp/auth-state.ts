import { type AuthenticationCreds, initAuthCreds } from '@whiskeysockets/baileys';
import type { KeyRing } from '../config/key-encryption-key.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { failureOf } from './auth-failure.ts';
import { createLinkingJournal } from './auth-linking-journal.ts';
import { type AuthState, createOpenState, isLinked, type OpenAuthState } from './auth-open-state.ts';
import { createAuthRepository, type StoredAuth } from './auth-repository.ts';
import type { AuthOwner } from './auth-rows-repository.ts';
import { createDeviceSealer, type DeviceSealer, openDeviceSealer } from './auth-sealer.ts';
import { AuthStateError } from './auth-state-error.ts';
import { decodeCreds } from './auth-value-codec.ts';

export type { AuthFailure } from './auth-failure.ts';
export type { AuthState } from './auth-open-state.ts';

/** The stored sessions of all devices, encrypted at rest; every write of an open one is fenced by its lease epoch. */
export interface AuthStates {
  /**
   * Opens the session of a device whose lease this process holds under `epoch`; one opened before finishes its writes and
   * ends. Only `mayMint` makes a new identity, and only where nothing at all is stored. Throws AuthStateError, and
   * what Database throws when the database cannot be asked (try again later: nothing is known about the session then).
   */
  open(request: { deviceId: DeviceId; epoch: number; mayMint: boolean }): Promise<AuthState>;
  /** Whether there are credentials, readable or not. */
  has(deviceId: DeviceId): Promise<boolean>;
  /** Removes credentials and keys for good. `epoch` null: nobody runs the device. Throws FencedError. Idempotent. */
  erase(request: { deviceId: DeviceId; epoch: number | null }): Promise<void>;
  /** Keeps the credentials, still encrypted, for 7 days and removes the session; expired ones are purged. Idempotent. */
  entomb(request: { deviceId: DeviceId; reason: string }): Promise<void>;
}

interface AuthStatesOptions {
  readonly database: Database;
  readonly keyRing: KeyRing;
  /** Holds the file that bridges the moment between pairing and the database. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

const TOMBSTONE_MS = 7 * 24 * 60 * 60 * 1000;

/** Sessions in the database. One per process. */
export function createAuthStates(options: AuthStatesOptions): AuthStates {
  const { database, keyRing, clock, ids, log } = options;
  const repository = createAuthRepository(database);
  const linking = createLinkingJournal(options);
  const live = new Map<DeviceId, OpenAuthState>();

  const retire = async (deviceId: DeviceId): Promise<void> => {
    await live.get(deviceId)?.retire();
    live.delete(deviceId);
  };

  return {
    async open({ deviceId, epoch, mayMint }) {
      await retire(deviceId);
      const owner = { deviceId, epoch };
      const stored = await repository.load(deviceId);
      const known = openStored(stored, { owner, keyRing });
      const bridged = known && isLinked(known.creds) ? null : linking.find(deviceId);
      if (!known && !bridged && !mayMint) throw new AuthStateError('missing', 'no session is stored');

      const state = createOpenState(
        {
          kind: known || bridged ? 'stored' : 'minted',
          owner,
          creds: (bridged && decodeCreds(bridged.creds)) ?? known?.creds ?? initAuthCreds(),
          sealer: known?.sealer ?? createDeviceSealer(keyRing, deviceId),
          version: known?.version ?? 0,
        },
        { repository, linking, clock, log },
      );
      if (bridged) await state.saveCreds();
      else if (known) linking.forget(deviceId);
      live.set(deviceId, state);
      return state;
    },
    async has(deviceId) {
      return (await repository.hasCreds(deviceId)) || linking.find(deviceId) !== null;
    },
    async erase({ deviceId, epoch }) {
      await retire(deviceId);
      // The file first: left behind by a crash it would bring the session back.
      linking.forget(deviceId);
      await repository.erase({ deviceId, epoch });
    },
    async entomb({ deviceId, reason }) {
      await retire(deviceId);
      linking.forget(deviceId);
      const at = clock.now();
      const expiresAt = new Date(at.getTime() + TOMBSTONE_MS);
      await repository.entomb({ id: ids.next(), deviceId, reason, at, expiresAt });
    },
  };
}

interface KnownSession {
  readonly creds: AuthenticationCreds;
  readonly sealer: DeviceSealer;
  readonly version: number;
}

/** The stored session; null when nothing at all is stored. Anything half there is damage, never a reason to mint. */
export function openStored(
  stored: StoredAuth,
  { owner, keyRing }: { owner: AuthOwner; keyRing: KeyRing },
): KnownSession | null {
  const { leaseEpoch, creds: row, dataKey, hasKeys, highestPreKeyId } = stored;
  if (leaseEpoch !== owner.epoch) throw new AuthStateError('fenced', 'another process owns the device now');
  if (!row && !dataKey && !hasKeys) return null;
  if (!row) throw new AuthStateError('unreadable', 'keys are stored, but their credentials are gone');
  if (!dataKey) throw new AuthStateError('undecryptable', 'the key of the stored credentials is gone');
  try {
    const sealer = openDeviceSealer(keyRing, owner.deviceId, dataKey);
    const creds = decodeCreds(sealer.openCreds(row.sealed));
    // Pre-keys are stored before the credentials that count them: after a crash in between no id may be used twice.
    creds.nextPreKeyId = Math.max(creds.nextPreKeyId, highestPreKeyId + 1);
    return { creds, sealer, version: row.version };
  } catch (cause) {
    const failure = failureOf(cause);
    if (failure === 'store-unavailable') throw cause;
    throw new AuthStateError(failure, 'the stored credentials cannot be opened', { cause });
  }
}
