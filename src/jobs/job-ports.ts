import type { Statement } from '../database/database.ts';
import type { Device } from '../devices/device.ts';
import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { ItemCounts } from './job.ts';

/** What jobs need of the outbox; the statements `beside` are written in the same transaction. */
export interface JobOutbox {
  accept(
    messages: readonly NewOutboxMessage[],
    options?: { readonly beside?: readonly Statement[] },
  ): Promise<void>;
  /** Ends the items that wait; resolves with how many. */
  cancelByJob(jobId: string, beside?: readonly Statement[]): Promise<number>;
  /** Queues what failed again, under the same WhatsApp message ids; resolves with how many. */
  retryByJob(jobId: string, beside?: readonly Statement[]): Promise<number>;
  countByJob(jobId: string): Promise<ItemCounts>;
  /** The rows of the device changed: look again. */
  ring(deviceId: DeviceId): unknown;
}

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
