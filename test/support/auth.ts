import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import { onTestFinished } from 'vitest';
import type { KeyRing } from '../../src/config/key-encryption-key.ts';
import type { Database } from '../../src/database/database.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { type AuthStates, createAuthStates } from '../../src/whatsapp/auth-state.ts';

export const deviceIdOf = (text: string) => text as DeviceId;

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-auth-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function freshKeyRing(): KeyRing {
  const key = systemRandom.bytes(32);
  return { id: key.subarray(0, 8).toString('hex'), key, previous: [] };
}

/** Auth states with sensible rest. */
export function authStatesOn(
  database: Database,
  options: { keyRing: KeyRing; dataDir: string; clock?: Clock },
): AuthStates {
  const clock = options.clock ?? systemClock;
  return createAuthStates({
    ...options,
    database,
    clock,
    ids: createIds({ clock, random: systemRandom }),
    log: silentLogger,
  });
}

/** Makes somebody (by default us) own the device under `epoch`. */
export async function setLease(database: Database, deviceId: string, epoch: number): Promise<void> {
  await database.run({ text: 'delete from device_lease where device_id = ?', params: [deviceId] });
  await database.run({
    text: 'insert into device_lease (device_id, node_id, boot_id, epoch, updated_at) values (?, ?, ?, ?, ?)',
    params: [deviceId, 'node', 'boot', epoch, new Date()],
  });
}

/** What pairing adds to credentials. */
export function pair(creds: AuthenticationCreds): void {
  creds.me = { id: '6281230000001:5@s.whatsapp.net', lid: '123456789:5@lid' };
  creds.account = {
    details: Buffer.from('details'),
    accountSignatureKey: Buffer.alloc(32, 1),
    accountSignature: Buffer.alloc(64, 2),
    deviceSignature: Buffer.alloc(64, 3),
  };
}
