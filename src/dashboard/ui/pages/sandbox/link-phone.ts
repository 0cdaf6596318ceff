import { devicePath, SANDBOX } from '../../api/paths.ts';
import { toApiError } from '../../lib/api-error.ts';
import { browserClock } from '../../lib/clock.ts';
import { onLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';

export type LinkWay = 'scan' | 'pairing-code';

/** How long a device may take until it shows a QR code. */
const PATIENCE_MS = 30_000;

/**
 * The phone scans the QR code of the device, or its owner types the code; a device that shows none is connected first.
 * Throws what the API refuses, and an Error that says `timeout` when no QR code comes.
 */
export async function linkPhone(
  { phoneNumber, deviceId, way }: { phoneNumber: string; deviceId: string; way: LinkWay },
  timeout: string,
): Promise<void> {
  const link = () => api.post(`${SANDBOX}/phones/${phoneNumber}/${way}`, { deviceId }, { timeoutMs: 60_000 });
  try {
    await link();
  } catch (error) {
    if (!NOT_YET.has(toApiError(error).code)) throw error;
    const shown = qrOf(deviceId, timeout);
    await api.post(devicePath(deviceId, '/connect'));
    await shown;
    await link();
  }
}

/** The device is not connecting: it shows nothing, and cannot ask for a code. */
const NOT_YET = new Set([
  'QR_NOT_AVAILABLE',
  'DEVICE_NOT_CONNECTED',
  'PAIRING_EXPIRED',
  'DEVICE_NOT_PAIRING',
]);

function qrOf(deviceId: string, timeout: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = onLive((frame) => {
      if (frame.type !== 'qr' || frame.deviceId !== deviceId) return;
      end();
      resolve();
    });
    const giveUp = browserClock.after(PATIENCE_MS, () => {
      end();
      reject(new Error(timeout));
    });
    const end = () => {
      stop();
      giveUp();
    };
  });
}
