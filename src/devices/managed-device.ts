import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import { createDecryptionHealth } from './decryption-health.ts';
import { type Device, isLinked } from './device.ts';
import { type ConnectionDeps, createDeviceConnection, type DeviceConnection } from './device-connection.ts';
import type { DeviceEvent } from './device-events.ts';
import type { ConnectionHooks, DeviceChange, DeviceRows } from './device-ports.ts';
import { createDeviceRowWriter } from './device-row-writer.ts';
import { causeOf, type DeviceState } from './device-state.ts';
import { type DeviceView, toDeviceView } from './device-view.ts';

/** A device this process runs: its row as known here, its connection, and one thing done to it at a time. */
export interface ManagedDevice {
  readonly connection: DeviceConnection;
  /** The row with every change made here, stored yet or not. */
  row(): Device;
  /** Takes over a row read anew. */
  adopt(row: Device): void;
  /** Takes over what a caller decided and stored already. */
  edited(fresh: CallersFacts): void;
  /** Stores a change and shows it at once. */
  change(change: DeviceChange): void;
  /** Resolves when every change is stored. */
  flush(): Promise<void>;
  view(row: Device): DeviceView;
  /** Runs `work` after everything else that is being done to the device. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** The row is gone: nothing is written any more. */
  close(): void;
}

export interface ManagedDeviceDeps extends ConnectionDeps {
  readonly rows: DeviceRows;
  readonly bus: EventBus<DeviceEvent>;
}

/** Identity facts that a row read from the database may lag behind in. */
const OWN_FACTS = ['linkState', 'authMethod', 'phoneNumber', 'jid', 'lid', 'pushName'] as const;

/** What callers decide about a device; nothing of it is ours to write. */
type CallersFacts = Pick<Device, 'deviceName' | 'tags' | 'proxyUrl' | 'settings'>;

export function createManagedDevice(
  first: Device,
  { deps, onYield }: { deps: ManagedDeviceDeps; onYield: () => void },
): ManagedDevice {
  const { rows, bus, clock, log } = deps;
  const { deviceId } = first;
  const writer = createDeviceRowWriter(deviceId, { rows, clock, log });
  const decryption = createDecryptionHealth({ deviceId, clock, log });
  let row = first;
  let queue: Promise<unknown> = Promise.resolve();

  const change = (part: DeviceChange) => {
    row = { ...row, ...part };
    writer.write(part);
  };
  const view = (of: Device): DeviceView =>
    toDeviceView(withOwnFacts(of, row), {
      state: connection.state(),
      lastActivityAt: connection.lastActivityAt(),
      warnings: decryption.warnings(),
      now: clock.now(),
    });
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };

  const hooks: ConnectionHooks = {
    device: () => row,
    async reload() {
      await writer.flush();
      const stored = await rows.find(deviceId);
      if (stored?.desired !== 'running') return null;
      row = stored;
      return row;
    },
    exclusive(work) {
      exclusive(work).catch((error: unknown) => log.error({ deviceId, err: error }, 'device not settled'));
    },
    onChange: change,
    onState(state, part) {
      const stored = { ...part, ...statusChange(state, row) };
      if (Object.keys(stored).length > 0) change(stored);
      bus.publish({ type: 'state-changed', deviceId, state, view: view(row) });
    },
    onEvent(event) {
      if (event.type === 'undecryptable') decryption.failed(event);
      bus.publish(event);
    },
    onYield,
  };
  const connection = createDeviceConnection(deviceId, { deps, hooks });

  return {
    connection,
    row: () => row,
    adopt(fresh) {
      row = withOwnFacts(fresh, row);
    },
    edited({ deviceName, tags, proxyUrl, settings }) {
      row = { ...row, deviceName, tags, proxyUrl, settings };
    },
    change,
    flush: () => writer.flush(),
    view,
    exclusive,
    close: () => writer.close(),
  };
}

function withOwnFacts(device: Device, own: Device): Device {
  const facts: DeviceChange = Object.fromEntries(OWN_FACTS.map((name) => [name, own[name]]));
  return { ...device, ...facts };
}

/** What to store of a new state; the moments in between are not worth a write. */
function statusChange(state: DeviceState, row: Device): DeviceChange {
  const lastCause = causeOf(state);
  // While another process runs the device the row is its to write.
  if (state.status === 'connecting' || lastCause?.code === 'owned_elsewhere') return {};
  if (state.status === row.lastStatus && isSameCause(lastCause, row.lastCause)) return {};
  return { lastStatus: state.status, lastCause };
}

function isSameCause(a: Device['lastCause'], b: Device['lastCause']): boolean {
  return a?.code === b?.code && a?.retryAt?.getTime() === b?.retryAt?.getTime();
}

/** Whether a device with this row has something to connect with, or is in the middle of getting it. */
export function isRestorable({ linkState }: Pick<Device, 'linkState'>): boolean {
  return isLinked({ linkState }) || linkState === 'linking';
}

export type DeviceRegistry = Map<DeviceId, ManagedDevice>;
