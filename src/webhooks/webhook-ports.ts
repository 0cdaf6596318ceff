import type { EventLog } from '../events/event-log.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { WebhookEndpoint } from './webhook.ts';

/** Who asks, and which devices that caller is restricted to. */
export interface WebhookCaller {
  /** Null: every device. */
  readonly deviceIds: readonly string[] | null;
  mayUse(deviceId: string): boolean;
}

export interface WebhookDevices {
  find(deviceId: DeviceId): Promise<object | null>;
}

export type WebhookLog = Pick<EventLog, 'last' | 'seqOf'>;

/** An endpoint that would tell a caller of devices it may not use does not exist for that caller. */
export function maySee(
  { deviceIds, mayUse }: WebhookCaller,
  endpoint: Pick<WebhookEndpoint, 'deviceIds'>,
): boolean {
  return deviceIds === null || (endpoint.deviceIds?.every((deviceId) => mayUse(deviceId)) ?? false);
}
