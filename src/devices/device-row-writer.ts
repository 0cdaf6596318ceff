import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { DeviceChange, DeviceRows } from './device-ports.ts';

/** Writes what changed about one device, in order, one statement at a time. */
export interface DeviceRowWriter {
  /** Takes the change over and returns at once; it is retried until the database takes it. */
  write(change: DeviceChange): void;
  /** Resolves when everything handed over is stored; rejects with the first error, and the change stays queued. */
  flush(): Promise<void>;
  /** Drops what is not stored yet: the row is gone. */
  close(): void;
}

const RETRY_MS = 5_000;

interface RowWriterDeps {
  readonly rows: Pick<DeviceRows, 'update'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Changes that come while one is being written are merged into the next, so a flapping device writes little. */
export function createDeviceRowWriter(
  deviceId: DeviceId,
  { rows, clock, log }: RowWriterDeps,
): DeviceRowWriter {
  let waiting: DeviceChange | null = null;
  let writing: Promise<void> | null = null;
  let closed = false;

  const writeWaiting = async (): Promise<void> => {
    for (let change = take(); change !== null && !closed; change = take()) {
      try {
        await rows.update(deviceId, change);
      } catch (error) {
        waiting = { ...change, ...take() };
        throw error;
      }
    }
  };
  const take = (): DeviceChange | null => {
    const change = waiting;
    waiting = null;
    return change;
  };
  const run = (): Promise<void> => {
    writing ??= writeWaiting().finally(() => {
      writing = null;
    });
    return writing;
  };
  const runInBackground = (): void => {
    run().then(
      // A change may come between the last look at the queue and the end of the run.
      () => waiting && runInBackground(),
      (error: unknown) => {
        log.warn({ deviceId, err: error }, 'device row not written yet');
        clock.after(RETRY_MS, runInBackground);
      },
    );
  };

  return {
    write(change) {
      waiting = { ...waiting, ...change };
      if (!writing) runInBackground();
    },
    async flush() {
      await run();
    },
    close() {
      closed = true;
      waiting = null;
    },
  };
}
