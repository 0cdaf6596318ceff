import type { Device } from '../devices/device.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { DeviceId } from '../shared/ids.ts';

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

/** Tells what will be in the way of so many messages of the device. */
export type WarningsFor = (device: Device, items: number) => Promise<JobWarning[]>;
