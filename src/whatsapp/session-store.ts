import type { KeyRing } from '../config/key-encryption-key.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import { FencedError } from '../shared/errors.ts';
import { createAuthRepository } from './auth-repository.ts';
import type { AuthOwner } from './auth-rows-repository.ts';
import { createDeviceSealer } from './auth-sealer.ts';
import { openStored } from './auth-state.ts';
import { encodeCreds } from './auth-value-codec.ts';
import { createSessionExportRepository } from './session-export-repository.ts';
import type { Session, SessionKey } from './session-folder.ts';
import { createSessionImportRepository } from './session-import-repository.ts';

interface StoreDeps {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
}

/** Bounds one transaction: 800 pre-keys must not hold up the other devices. */
const KEYS_PER_WRITE = 500;
const KEYS_PER_READ = 1_000;

/**
 * Stores the session of a device that has none: keys first, credentials last, so that the device exists when everything is
 * there. Repeating it after a crash does no harm. Throws FencedError when the lease moved on or credentials are stored.
 */
export async function storeSession(
  owner: AuthOwner,
  { creds, keys }: Session,
  { database, keyRing, clock }: StoreDeps,
): Promise<void> {
  const repository = createSessionImportRepository(database);
  const sealer = createDeviceSealer(keyRing, owner.deviceId);
  await repository.begin(owner, { dataKey: sealer.wrapped, at: clock.now() });
  for (let from = 0; from < keys.length; from += KEYS_PER_WRITE) {
    const sealed = keys
      .slice(from, from + KEYS_PER_WRITE)
      .map(({ type, keyId, value }) => ({ type, keyId, sealed: sealer.sealKey(type, keyId, value) }));
    await repository.addKeys(owner, sealed);
  }
  await repository.finish(owner, {
    version: 1,
    sealed: sealer.sealCreds(encodeCreds(creds)),
    at: clock.now(),
  });
}

/**
 * The whole session of a device whose lease is held and whose socket is closed, so that nobody writes meanwhile; null without one.
 * Throws AuthStateError, FencedError when another process took the device, SealBrokenError for a damaged key.
 */
export async function loadSession(
  owner: AuthOwner,
  { database, keyRing }: Omit<StoreDeps, 'clock'>,
): Promise<Session | null> {
  const { deviceId } = owner;
  const auth = createAuthRepository(database);
  const rows = createSessionExportRepository(database);
  const known = openStored(await auth.load(deviceId), { owner, keyRing });
  if (!known) return null;
  const keys: SessionKey[] = [];
  for (;;) {
    const page = await rows.keysAfter(deviceId, { after: keys.at(-1) ?? null, limit: KEYS_PER_READ });
    for (const { type, keyId, sealed } of page) {
      keys.push({ type, keyId, value: known.sealer.openKey(type, keyId, sealed) });
    }
    if (page.length < KEYS_PER_READ) break;
  }
  const { leaseEpoch } = await auth.load(deviceId);
  if (leaseEpoch !== owner.epoch) throw new FencedError('another process took the device meanwhile');
  return { creds: known.creds, keys };
}
