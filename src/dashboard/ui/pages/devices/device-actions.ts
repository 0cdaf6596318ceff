import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { toast, toastError } from '../../components/toast.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { dropDevice, putDevice } from '../../lib/device-store.ts';
import { inTurns } from '../../lib/in-turns.ts';
import { api, signedIn } from '../../lib/session.ts';
import { t } from './texts.ts';

/** How many requests of one press are under way at once. */
const AT_ONCE = 4;

export async function connectDevices(devices: readonly Device[]): Promise<void> {
  const done = await forEach(devices, async ({ deviceId }) => {
    putDevice(await api.post<Device>(devicePath(deviceId, '/connect')));
  });
  if (done > 0) toast(t.count('connecting', done));
}

export async function restartDevices(devices: readonly Device[]): Promise<void> {
  const done = await forEach(devices, async ({ deviceId }) => {
    putDevice(await api.post<Device>(devicePath(deviceId, '/restart')));
  });
  if (done > 0) toast(t.count('restarting', done));
}

/** `logout` also ends the link with the phone. */
export async function disconnectDevices(
  devices: readonly Device[],
  { logout }: { logout: boolean },
): Promise<void> {
  const done = await forEach(devices, async ({ deviceId }) => {
    putDevice(
      await api.delete<Device>(devicePath(deviceId, '/disconnect'), undefined, { query: { logout } }),
    );
  });
  if (done > 0) toast(t.count('disconnected', done));
}

/** `purge` also erases what was sent and received. */
export async function deleteDevices(
  devices: readonly Device[],
  { purge }: { purge: boolean },
): Promise<void> {
  const done = await forEach(devices, async ({ deviceId }) => {
    await api.delete(devicePath(deviceId), undefined, { query: { purge } });
    dropDevice(deviceId);
  });
  if (done > 0) toast(t.count('deleted', done));
}

/** How many it worked for; each that failed is told by name. */
async function forEach(devices: readonly Device[], act: (device: Device) => Promise<void>): Promise<number> {
  let done = 0;
  await inTurns(devices, AT_ONCE, async (device) => {
    try {
      await act(device);
      done += 1;
    } catch (error) {
      // The sign-in page is there already and says it once.
      if (signedIn.peek() === null) return;
      const name = device.deviceName ?? device.deviceId;
      toastError(new Error(t('failed', { name, message: toApiError(error).message })));
    }
  });
  return done;
}
