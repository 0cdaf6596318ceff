import type { SendingHealthView } from '../devices/sending-health.ts';
import type { Clock, Timer } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { type DeviceHealth, UNTOUCHED } from './device-health.ts';
import type { DeviceHealthRepository } from './device-health-repository.ts';
import { toHealthView } from './device-health-view.ts';

/** The health of the devices this process runs, in memory; every change is written behind. */
export interface DeviceHealthKeeper {
  /** Null until it was loaded. */
  peek(deviceId: DeviceId): DeviceHealth | null;
  /** Throws what the database throws. */
  load(deviceId: DeviceId): Promise<DeviceHealth>;
  /** The health now, wherever the device runs; nothing is kept. Throws what the database throws. */
  read(deviceId: DeviceId): Promise<DeviceHealth>;
  /** Holds at once where the health is loaded, else as soon as it is. Never throws: what cannot be written is tried again, what cannot be read is left. */
  change(deviceId: DeviceId, change: (health: DeviceHealth) => DeviceHealth): void;
  /** The same for what may be lost with the process: it is written within half a minute. */
  note(deviceId: DeviceId, change: (health: DeviceHealth) => DeviceHealth): void;
  /** How those of the devices that are loaded look to callers now; their rows may be a moment behind. */
  liveViews(deviceIds: readonly string[]): [string, SendingHealthView][];
  /** Another process may change it from now on. */
  forget(deviceId: DeviceId): void;
  /** Resolves when every change was written, or failed to be. */
  drain(): Promise<void>;
}

interface KeeperDeps {
  readonly repository: Pick<DeviceHealthRepository, 'find' | 'save'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const RETRY_MS = 5_000;
const NOTED_FOR_MS = 30_000;

export function createDeviceHealthKeeper({ repository, clock, log }: KeeperDeps): DeviceHealthKeeper {
  const loaded = new Map<DeviceId, DeviceHealth>();
  const loading = new Map<DeviceId, Promise<DeviceHealth>>();
  const unsaved = new Map<DeviceId, DeviceHealth>();
  const writing = new Map<DeviceId, Promise<void>>();
  const noted = new Map<DeviceId, Timer>();

  const load = (deviceId: DeviceId): Promise<DeviceHealth> => {
    const known = loaded.get(deviceId);
    if (known) return Promise.resolve(known);
    const begun = loading.get(deviceId) ?? read(deviceId);
    loading.set(deviceId, begun);
    return begun;
  };
  const read = async (deviceId: DeviceId): Promise<DeviceHealth> => {
    try {
      await writing.get(deviceId);
      const health = unsaved.get(deviceId) ?? (await repository.find(deviceId)) ?? UNTOUCHED;
      if (loading.has(deviceId)) loaded.set(deviceId, health);
      return health;
    } finally {
      loading.delete(deviceId);
    }
  };
  const write = async (deviceId: DeviceId): Promise<void> => {
    for (let health = unsaved.get(deviceId); health; health = unsaved.get(deviceId)) {
      try {
        await repository.save(deviceId, health);
      } catch (error) {
        log.warn({ deviceId, err: error }, 'device health not stored');
        clock.after(RETRY_MS, () => startWriting(deviceId));
        return;
      }
      if (unsaved.get(deviceId) === health) unsaved.delete(deviceId);
    }
  };
  const startWriting = (deviceId: DeviceId): void => {
    noted.get(deviceId)?.cancel();
    noted.delete(deviceId);
    if (writing.has(deviceId)) return;
    writing.set(
      deviceId,
      write(deviceId).finally(() => writing.delete(deviceId)),
    );
  };
  const apply = (deviceId: DeviceId, change: (health: DeviceHealth) => DeviceHealth): boolean => {
    const before = loaded.get(deviceId) ?? UNTOUCHED;
    const after = change(before);
    if (after === before) return false;
    loaded.set(deviceId, after);
    unsaved.set(deviceId, after);
    return true;
  };
  const whenLoaded = (deviceId: DeviceId, work: () => void): void => {
    if (loaded.has(deviceId)) {
      work();
      return;
    }
    load(deviceId).then(work, (error: unknown) => {
      log.warn({ deviceId, err: error }, 'device health not read');
    });
  };

  return {
    peek: (deviceId) => loaded.get(deviceId) ?? null,
    load,
    read: async (deviceId) =>
      loaded.get(deviceId) ?? unsaved.get(deviceId) ?? (await repository.find(deviceId)) ?? UNTOUCHED,
    change(deviceId, change) {
      whenLoaded(deviceId, () => {
        if (apply(deviceId, change)) startWriting(deviceId);
      });
    },
    note(deviceId, change) {
      whenLoaded(deviceId, () => {
        if (!apply(deviceId, change) || noted.has(deviceId)) return;
        noted.set(
          deviceId,
          clock.after(NOTED_FOR_MS, () => startWriting(deviceId)),
        );
      });
    },
    liveViews(deviceIds) {
      const wanted = new Set(deviceIds);
      const now = clock.now();
      return [...loaded].flatMap(([deviceId, health]) =>
        wanted.has(deviceId) ? [[deviceId, toHealthView(health, now)]] : [],
      );
    },
    forget(deviceId) {
      loading.delete(deviceId);
      loaded.delete(deviceId);
    },
    async drain() {
      await Promise.allSettled(loading.values());
      for (const deviceId of unsaved.keys()) startWriting(deviceId);
      await Promise.all(writing.values());
    },
  };
}
