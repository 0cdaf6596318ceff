import type { Device } from '../devices/device.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** What jobs need of the outbox. */
export type JobOutbox = Pick<Outbox, 'accept' | 'cancelByJob' | 'retryByJob' | 'countByJob' | 'ring'>;

export interface JobDevices {
  find(deviceId: DeviceId): Promise<Device | null>;
}

/** Something the sender should know; the job is accepted all the same. */
export interface JobWarning {
  readonly code: string;
  readonly message: string;
}

/** What is about to be sent, for whoever foresees what will be in its way. */
export interface PlannedJob {
  readonly recipients: readonly Jid[];
  /** The gap between two items in ms; null: 2 to 5 s at random. */
  readonly delayMs: number | null;
}

export type WarningsFor = (device: Device, planned: PlannedJob) => Promise<JobWarning[]>;
