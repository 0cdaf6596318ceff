import type { DeviceId } from '../shared/ids.ts';

/** Where the file of a received message can be had, below the address of the server. `id` is ours. */
export function receivedMediaPath(deviceId: DeviceId, id: string): string {
  return `/api/whatsapp-multi-device/devices/${deviceId}/media/${id}`;
}
