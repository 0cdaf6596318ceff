import { createAllowedNumberRepository } from '../../src/allowed-numbers/allowed-number-repository.ts';
import { createConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/database/database.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS, mergeSettings } from '../../src/devices/device-settings.ts';
import type { PacingPatch } from '../../src/devices/pacing-settings.ts';
import { openFoundation } from '../../src/foundation.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createAuthStates } from '../../src/whatsapp/auth-state.ts';
import { parseJid } from '../../src/whatsapp/jid.ts';
import type { StoredSession } from '../support/sessions.ts';

const EPOCH = 1;

export interface SeedOptions {
  /** Instead of the SQLite file in the data folder. */
  readonly databaseUrl?: string | undefined;
  readonly pacing?: PacingPatch;
  /** What the devices are told goes to history. */
  readonly history?: 'kept';
  /** Whether the server connects them. */
  readonly desired?: 'running' | 'stopped';
}

/** Fills a fresh data folder with linked devices, through the repositories the server reads them with. */
export async function seedDataDir(
  dataDir: string,
  sessions: readonly StoredSession[],
  { databaseUrl, pacing = {}, history, desired = 'running' }: SeedOptions = {},
): Promise<void> {
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const values = { DATA_DIR: dataDir, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  const config = createConfig({ values, unknown: [], directory: dataDir });
  const shared = { clock: systemClock, ids, log: silentLogger };
  const foundation = await openFoundation({ ...shared, config, random: systemRandom });
  const { database, keyRing } = foundation;
  const authStates = createAuthStates({ ...shared, database, keyRing, dataDir });
  const devices = createDeviceRepository({
    database,
    clock: systemClock,
    proxySealer: { seal: (text) => text, open: (text) => text },
  });

  const numbers = createAllowedNumberRepository({ database });
  for (const session of sessions) {
    const deviceId = `bench-${session.phoneNumber}` as DeviceId;
    const settings = mergeSettings(DEFAULT_DEVICE_SETTINGS, { pacing });
    await devices.add({ deviceId, deviceName: null, tags: [], proxyUrl: null, settings });
    await takeLease(database, deviceId);
    const auth = await authStates.open({ deviceId, epoch: EPOCH, mayMint: true });
    Object.assign(auth.creds, session.creds);
    await auth.keys.set({
      'pre-key': Object.fromEntries(session.preKeys.map(({ id, pair }) => [String(id), pair])),
    });
    await auth.saveCreds();
    await auth.flush();
    await devices.update(deviceId, {
      desired,
      linkState: 'linked',
      authMethod: 'qr',
      phoneNumber: session.phoneNumber,
      jid: parseJid(session.creds.me?.id ?? ''),
      lid: parseJid(session.creds.me?.lid ?? ''),
      // Shown until the server gets to the device; whoever waits for `connected` must not believe it before.
      lastStatus: 'disconnected',
    });
    const order = { whatsappNumber: session.phoneNumber, status: 'aktif' as const, deviceId };
    if (history === 'kept') await numbers.add(order, systemClock.now());
  }
  await database.run({ text: 'update device_lease set node_id = null, boot_id = null', params: [] });
  await foundation.close();
}

function takeLease(database: Database, deviceId: DeviceId) {
  return database.run({
    text: 'insert into device_lease (device_id, node_id, boot_id, epoch, updated_at) values (?, ?, ?, ?, ?)',
    params: [deviceId, 'bench', 'bench', EPOCH, systemClock.now()],
  });
}
