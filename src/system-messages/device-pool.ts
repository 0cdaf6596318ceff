import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceDetails } from '../devices/device-view.ts';
import type { Access } from '../http/access.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';

/** Devices by id, in the order they are tried, or those with a tag. */
export type DevicePool = readonly DeviceId[] | string;

/** The devices of a pool that the caller may use, connected ones first, else in their order. Throws POOL_EMPTY. */
export async function devicesOfPool(
  deviceService: Pick<DeviceService, 'list'>,
  pool: DevicePool,
  { mayUse }: Pick<Access, 'mayUse'>,
): Promise<DeviceDetails[]> {
  const { items } = await deviceService.list({ mayUse });
  const inPool =
    typeof pool === 'string'
      ? items.filter(({ tags }) => tags.includes(pool))
      : pool.flatMap((id) => items.find(({ deviceId }) => deviceId === id) ?? []);
  if (inPool.length === 0) throw new AppError('POOL_EMPTY');
  // Nobody waits for one to come back while another could send.
  return inPool.sort((one, other) => Number(other.isConnected) - Number(one.isConnected));
}
