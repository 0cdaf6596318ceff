import { createConnectThrottle, DEFAULT_THROTTLE } from '../../src/devices/connect-throttle.ts';
import type { Device } from '../../src/devices/device.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import { createDeviceManager, type DeviceManager } from '../../src/devices/device-manager.ts';
import type { DeviceRows } from '../../src/devices/device-ports.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import type { DeviceView } from '../../src/devices/device-view.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createFakeLeases, type FakeLeases } from './leases.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createFakeWhatsApp, type FakeSocket, type FakeWhatsApp } from './whatsapp-socket.ts';

/** A device manager whose WhatsApp, database, leases and time are in the hands of the test. */
export interface DeviceWorld {
  readonly manager: DeviceManager;
  readonly whatsApp: FakeWhatsApp;
  readonly leases: FakeLeases;
  readonly clock: ManualClock;
  readonly events: DeviceEvent[];
  readonly entombed: DeviceId[];
  readonly erased: DeviceId[];
  /** What the next version refreshes answer. */
  newVersion: boolean;
  row(deviceId?: DeviceId): Device;
  view(deviceId?: DeviceId): DeviceView;
  /** Lets everything that waits for nothing but promises go on. */
  settle(): Promise<void>;
  /** Moves the clock and settles. */
  pass(ms: number): Promise<void>;
  /** Starts the device and opens its socket. */
  connect(deviceId?: DeviceId): Promise<FakeSocket>;
  /** A second manager on the same rows, as after a restart of the process. */
  restarted(): DeviceManager;
}

export const ANA = 'ana' as DeviceId;

/** One linked device `ana` unless other rows are given. Chance always answers one half. */
export function createDeviceWorld(
  devices: readonly Partial<Device>[] = [{ linkState: 'linked' }],
): DeviceWorld {
  const clock = createManualClock();
  const rows = new Map(devices.map((device, index) => toRow(device, index, clock.now())));
  const whatsApp = createFakeWhatsApp();
  const leases = createFakeLeases();
  const events: DeviceEvent[] = [];
  const bus = createEventBus<DeviceEvent>((error) => {
    throw error;
  });
  bus.subscribe((event) => events.push(event));
  const entombed: DeviceId[] = [];
  const erased: DeviceId[] = [];

  const build = () =>
    createDeviceManager({
      rows: memoryRows(rows),
      leases,
      sessions: {
        has: async () => true,
        erase: async ({ deviceId }) => void erased.push(deviceId),
        entomb: async ({ deviceId }) => void entombed.push(deviceId),
      },
      bus,
      openSocket: whatsApp.openSocket,
      forgetSocketCaches() {},
      async eraseChatStore() {},
      throttle: createConnectThrottle({ clock, limits: DEFAULT_THROTTLE }),
      keepAliveMs: 30_000,
      refreshVersion: async () => world.newVersion,
      random: { bytes: (count) => Buffer.alloc(count), next: () => 0.5 },
      clock,
      log: silentLogger,
    });

  const world: DeviceWorld = {
    manager: build(),
    whatsApp,
    leases,
    clock,
    events,
    entombed,
    erased,
    newVersion: false,
    row(deviceId = ANA) {
      const row = rows.get(deviceId);
      if (!row) throw new Error(`no row ${deviceId}`);
      return row;
    },
    view: (deviceId = ANA) => world.manager.viewOf(world.row(deviceId)),
    async settle() {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
    async pass(ms) {
      clock.advance(ms);
      await world.settle();
    },
    async connect(deviceId = ANA) {
      await world.manager.start(deviceId);
      const socket = whatsApp.last();
      socket.opens();
      await world.settle();
      return socket;
    },
    restarted: build,
  };
  return world;
}

function memoryRows(rows: Map<DeviceId, Device>): DeviceRows {
  return {
    find: async (deviceId) => rows.get(deviceId) ?? null,
    list: async () => [...rows.values()],
    async update(deviceId, change) {
      const row = rows.get(deviceId);
      if (row) rows.set(deviceId, { ...row, ...change });
    },
  };
}

function toRow(device: Partial<Device>, index: number, now: Date): [DeviceId, Device] {
  const deviceId = device.deviceId ?? ANA;
  const row: Device = {
    deviceId,
    recordNumber: index + 1,
    deviceName: null,
    tags: [],
    proxyUrl: null,
    settings: DEFAULT_DEVICE_SETTINGS,
    desired: 'stopped',
    linkState: 'new',
    authMethod: null,
    phoneNumber: null,
    jid: null,
    lid: null,
    pushName: null,
    lastStatus: 'created',
    lastCause: null,
    lastActivityAt: null,
    createdAt: now,
    updatedAt: now,
    ...device,
  };
  return [deviceId, row];
}
