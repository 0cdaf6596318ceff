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
import { type AuthState, type AuthStates, createAuthStates } from '../../src/whatsapp/auth-state.ts';
import { AuthStateError } from '../../src/whatsapp/auth-state-error.ts';

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

/** The word of the AuthStateError that `work` ends with; `none` when it succeeds. */
export async function problemOf(work: unknown): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof AuthStateError ? error.problem : String(error);
  }
}

/** An empty store in which two devices are ours under epoch 1. */
export interface AuthBench {
  readonly states: AuthStates;
  readonly keyRing: KeyRing;
  readonly dataDir: string;
  readonly deviceId: DeviceId;
  readonly otherId: DeviceId;
  /** A device that has just been paired. */
  linked(id?: DeviceId): Promise<AuthState>;
  /** The first device as another process would open it. */
  reopened(options?: { epoch?: number; ring?: KeyRing }): Promise<AuthState>;
  /** The number of rows of a table. */
  count(table: string): Promise<number>;
}

export async function createAuthBench(database: Database): Promise<AuthBench> {
  for (const table of ['auth_key', 'auth_creds', 'auth_data_key', 'auth_tombstone']) {
    await database.run({ text: `delete from ${table}`, params: [] });
  }
  const [deviceId, otherId] = [deviceIdOf('Device_1'), deviceIdOf('device-2')];
  for (const id of [deviceId, otherId]) await setLease(database, id, 1);
  const keyRing = freshKeyRing();
  const dataDir = temporaryFolder();
  const states = authStatesOn(database, { keyRing, dataDir });
  return {
    states,
    keyRing,
    dataDir,
    deviceId,
    otherId,
    async linked(id = deviceId) {
      const state = await states.open({ deviceId: id, epoch: 1, mayMint: true });
      pair(state.creds);
      await state.saveCreds();
      return state;
    },
    reopened({ epoch = 1, ring = keyRing } = {}) {
      return authStatesOn(database, { keyRing: ring, dataDir }).open({ deviceId, epoch, mayMint: true });
    },
    async count(table) {
      const [row] = await database.query<{ n: number }>({
        text: `select count(*) as n from ${table}`,
        params: [],
      });
      return Number(row?.n);
    },
  };
}
