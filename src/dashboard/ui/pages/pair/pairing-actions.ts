import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { confirmed } from '../../components/confirm.tsx';
import { toast } from '../../components/toast.tsx';
import { putDevice } from '../../lib/device-store.ts';
import { api } from '../../lib/session.ts';
import { t } from './texts.ts';

/** Opens a connection, which brings a QR code where no phone is linked. */
export async function connect(deviceId: string): Promise<void> {
  putDevice(await api.post<Device>(devicePath(deviceId, '/connect')));
}

/** A new connection at once, and with it a new code. */
export async function restart(deviceId: string): Promise<void> {
  putDevice(await api.post<Device>(devicePath(deviceId, '/restart')));
}

/** Ends a pairing by code and begins one by QR code. */
export async function changeToQr(deviceId: string): Promise<void> {
  await api.delete<Device>(devicePath(deviceId, '/disconnect'), undefined, { query: { logout: false } });
  await connect(deviceId);
}

/** Erases whatever is stored of a link and begins anew; asks first. Resolves to whether it was done. */
export async function resetSession({ deviceId, deviceName }: Device): Promise<boolean> {
  const agreed = await confirmed({
    title: t('resetTitle', { name: deviceName ?? deviceId }),
    text: t('resetText'),
    confirm: t('reset'),
    danger: true,
  });
  if (!agreed) return false;
  await api.post(devicePath(deviceId, '/cancel-and-wipe'));
  toast(t('resetDone'));
  await connect(deviceId);
  return true;
}
