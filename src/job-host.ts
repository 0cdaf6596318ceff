import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { createJobControl, type JobControl } from './jobs/job-control.ts';
import type { JobEvent } from './jobs/job-events.ts';
import { createJobIntake, type JobIntake } from './jobs/job-intake.ts';
import { createJobLedgerRepository } from './jobs/job-ledger-repository.ts';
import type { JobDevices, JobOutbox, JobWarning, PlannedJob } from './jobs/job-ports.ts';
import { createJobReader, type JobReader } from './jobs/job-reader.ts';
import { createJobRepository } from './jobs/job-repository.ts';
import { startJobWatch } from './jobs/job-watch.ts';
import type { MediaItemReader } from './messages/media-item.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { DeviceId } from './shared/ids.ts';
import { type Sweep, startSweep } from './wakeups/sweep.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

export interface JobHostDeps extends Basics {
  readonly database: Database;
  readonly devices: JobDevices;
  readonly outbox: JobOutbox & { isConnected(deviceId: DeviceId): boolean };
  /** What pacing foresees. */
  forecast(deviceId: DeviceId, planned: PlannedJob): Promise<JobWarning[]>;
  /** Reads items that bring files. */
  readonly readMedia: MediaItemReader;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly outboxEvents: EventBus<OutboxEvent>;
  readonly jobEvents: EventBus<JobEvent>;
}

/** Bulk jobs: taking them, reading them, steering them, and keeping their status what their items say. */
export interface JobHost {
  readonly jobIntake: JobIntake;
  readonly jobReader: JobReader;
  readonly jobControl: JobControl;
  /** Finds jobs that nobody settled, until it is stopped. */
  startSweep(): Sweep;
  /** Hears of no more items; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

/** A job whose end nobody heard of (its process died then) is found after this, in ms. */
const SWEEP_MS = 10_000;

export function createJobHost(deps: JobHostDeps): JobHost {
  const { database, devices, outbox, wakeups, clock, ids, log, config } = deps;
  const jobs = createJobRepository({ database, clock });
  const ledger = createJobLedgerRepository({ database });
  const jobReader = createJobReader({ jobs, ledger, outbox, clock });
  const watch = startJobWatch({
    jobs,
    outbox,
    reader: jobReader,
    outboxEvents: deps.outboxEvents,
    published: deps.jobEvents,
    clock,
    log,
  });
  const jobControl = createJobControl({ jobs, outbox, settle: watch.settle });
  const jobIntake = createJobIntake({
    devices,
    jobs,
    outbox,
    readMedia: deps.readMedia,
    warningsFor: async (device, planned) => {
      const isConnected = outbox.isConnected(device.deviceId) || device.lastStatus === 'connected';
      const foreseen = await deps.forecast(device.deviceId, planned);
      return isConnected ? foreseen : [NOT_CONNECTED, ...foreseen];
    },
    ids,
    clock,
    defaultCountry: config.whatsapp.defaultCountry,
  });
  wakeups.handle('job', watch.settle);
  deps.deviceEvents.subscribe(({ type, deviceId }) => {
    if (type !== 'removed') return;
    jobControl.cancelAllOf(deviceId).catch((error: unknown) => {
      log.error({ deviceId, err: error }, 'jobs of a removed device not cancelled');
    });
  });
  const find = async () => (await watch.unsettled()).map((id) => ({ topic: 'job' as const, id }));
  return {
    jobIntake,
    jobReader,
    jobControl,
    startSweep: () => startSweep({ clock, everyMs: SWEEP_MS, find, wakeups, log }),
    stop: watch.stop,
  };
}

const NOT_CONNECTED: JobWarning = {
  code: 'device_not_connected',
  message: 'The device is not connected; the job begins when it is',
};
