import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import type { Access } from '../http/access.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';

/** The device of callers whose key is their device. Throws KEY_NOT_BOUND. */
export function boundDevice({ deviceIds }: Pick<Access, 'deviceIds'>): DeviceId {
  const [deviceId, ...others] = deviceIds ?? [];
  if (deviceId === undefined || others.length > 0) throw new AppError('KEY_NOT_BOUND');
  // The list of a key holds ids of the form every deviceId has.
  return deviceId as DeviceId;
}

/** The device of callers who know of one only. Throws DEFAULT_DEVICE_MISSING, and DEVICE_NOT_FOUND when the key may not use it. */
export function defaultDevice(
  access: Pick<Access, 'mayUse'>,
  { configured }: { configured: DeviceId | null },
): DeviceId {
  if (configured === null) throw new AppError('DEFAULT_DEVICE_MISSING');
  if (!access.mayUse(configured)) throw new AppError('DEVICE_NOT_FOUND', { deviceId: configured });
  return configured;
}

type Finding = Pick<DeviceService, 'view'>;

/** The device as callers see it; null before anybody made it. */
export async function findDevice(deviceId: DeviceId, devices: Finding): Promise<DeviceView | null> {
  try {
    return await devices.view(deviceId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_NOT_FOUND') return null;
    throw error;
  }
}

/** Callers who know of one device never make it: the one the operator named comes with the first wish to connect it. */
export async function ensureDevice(
  deviceId: DeviceId,
  devices: Finding & Pick<DeviceService, 'create'>,
): Promise<DeviceView> {
  const known = await findDevice(deviceId, devices);
  if (known) return known;
  try {
    return await devices.create({ deviceId });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEVICE_EXISTS') throw error;
    return devices.view(deviceId);
  }
}
