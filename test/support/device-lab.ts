import { onTestFinished } from 'vitest';
import type { EgressAllowance } from '../../src/config/egress-allow.ts';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { createConnectThrottle, DEFAULT_THROTTLE } from '../../src/devices/connect-throttle.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import { createDeviceManager, type DeviceManager } from '../../src/devices/device-manager.ts';
import { createDeviceRepository, type DeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { createProxyTunnels } from '../../src/egress/proxy-tunnel.ts';
import { createLeaseKeeper } from '../../src/leases/lease-keeper.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { createLogger, silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { SocketSettings } from '../../src/whatsapp/baileys-config.ts';
import { type BaileysSockets, createBaileysSockets } from '../../src/whatsapp/baileys-socket.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { NO_FILES } from '../fakes/no-files.ts';
import { authStatesOn, deviceIdOf, freshKeyRing, temporaryFolder } from './auth.ts';
import { ingestOn } from './inbound.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { startTestSimulator, type TestSimulator } from './simulator.ts';

/** A device manager on SQLite and real Baileys, talking to a simulator of its own; all of it goes after the test. */
export interface DeviceLab {
  readonly simulator: TestSimulator;
  readonly database: Database;
  readonly rows: DeviceRepository;
  readonly sockets: BaileysSockets;
  readonly events: Recorder<DeviceEvent>;
  manager: DeviceManager;
  /** Adds a device with this id. */
  addDevice(name: string, options?: { proxyUrl?: string | null }): Promise<DeviceId>;
  /** The first QR text the device shows, of those since event number `from`. */
  nextQr(deviceId: DeviceId, from?: number): Promise<string>;
  /** Resolves when the device reaches the status, now or later. */
  reaches(deviceId: DeviceId, status: string): Promise<void>;
  /** A second manager on the same database, as of another process; it is shut down after the test. */
  startPeer(): Promise<DeviceManager>;
  /** Ends this manager as a clean stop of the process does, and starts another on the same database. */
  restart(): Promise<void>;
}

const SETTINGS = { connectTimeoutMs: 5_000, queryTimeoutMs: 5_000, keepAliveIntervalMs: 30_000 };

function fail(error: unknown): never {
  throw error;
}

const NOTHING_SENT = {
  resends: { read: async () => ({}), write: async () => {} },
  findSent: async () => null,
  files: NO_FILES,
  random: systemRandom,
};

const PLAIN = { seal: (text: string) => text, open: (text: string) => text };

interface LabOptions extends Partial<SocketSettings> {
  /** Where proxies may be. */
  readonly allowances?: readonly EgressAllowance[];
  /** The time by which devices are watched and connected again; sockets have the real one. */
  readonly deviceClock?: Clock;
  readonly watchdog?: 'off';
}

export async function startDeviceLab({
  allowances = [],
  deviceClock = systemClock,
  watchdog,
  ...settings
}: LabOptions = {}): Promise<DeviceLab> {
  const simulator = await startTestSimulator();
  const dataDir = temporaryFolder();
  const clock = systemClock;
  const log = process.env.LAB_LOG ? createLogger('debug') : silentLogger;
  const database = await openDatabase({ url: `file:${dataDir}/lab.db`, log, clock });
  await migrate(database, { log });
  const authStates = authStatesOn(database, { keyRing: freshKeyRing(), dataDir });
  const rows = createDeviceRepository({ database, clock, proxySealer: PLAIN });
  const ids = createIds({ clock, random: systemRandom });
  const events = createRecorder<DeviceEvent>();
  const bus = createEventBus<DeviceEvent>(fail);
  bus.subscribe(events.add);
  const sockets = createBaileysSockets({
    settings: { ...SETTINGS, endpoint: simulator.url, ...settings },
    authStates,
    version: async () => [2, 3000, 1043857760],
    ...NOTHING_SENT,
    tunnels: createProxyTunnels({ allowances, resolver: createFakeResolver(), clock }),
    media: null,
    inbound: ingestOn(database),
    ids,
    clock,
    log,
  });

  const startManager = async () => {
    const leases = createLeaseKeeper({ database, clock, ids, log, dataDir });
    await leases.start();
    const manager = createDeviceManager({
      rows,
      leases,
      sessions: authStates,
      bus,
      openSocket: sockets.open,
      forgetSocketCaches: sockets.forget,
      eraseChatStore: async () => {},
      throttle: createConnectThrottle({ clock: deviceClock, limits: DEFAULT_THROTTLE }),
      keepAliveMs: SETTINGS.keepAliveIntervalMs,
      refreshVersion: async () => false,
      watchdog,
      random: systemRandom,
      clock: deviceClock,
      log,
    });
    return { manager, leases };
  };
  let running = await startManager();
  const peers: (typeof running)[] = [];
  const stop = async ({ manager, leases } = running) => {
    await manager.shutdown();
    await leases.stop();
  };
  onTestFinished(async () => {
    await stop();
    for (const peer of peers) await stop(peer);
    await database.close();
    await simulator.close();
  });

  const lab: DeviceLab = {
    simulator,
    database,
    rows,
    sockets,
    events,
    manager: running.manager,
    async addDevice(name, { proxyUrl = null } = {}) {
      const deviceId = deviceIdOf(name);
      const settings = DEFAULT_DEVICE_SETTINGS;
      await rows.add({ deviceId, deviceName: null, tags: [], proxyUrl, settings });
      return deviceId;
    },
    async nextQr(deviceId, from) {
      const event = await events.waitFor((each) => each.type === 'qr' && each.deviceId === deviceId, from);
      return event.type === 'qr' ? event.qr : '';
    },
    async reaches(deviceId, status) {
      if (lab.manager.stateOf(deviceId)?.status === status) return;
      await events.waitFor(
        (each) => each.type === 'state-changed' && each.deviceId === deviceId && each.state.status === status,
        events.all.length,
      );
    },
    async startPeer() {
      const peer = await startManager();
      peers.push(peer);
      return peer.manager;
    },
    async restart() {
      await stop();
      running = await startManager();
      lab.manager = running.manager;
    },
  };
  return lab;
}
