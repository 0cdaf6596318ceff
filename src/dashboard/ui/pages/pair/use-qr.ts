import { useEffect, useRef, useState } from 'preact/hooks';
import type { QrImage } from '../../api/device-detail-types.ts';
import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { browserClock } from '../../lib/clock.ts';
import { useLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';

export interface ShownQr {
  /** A data URL. */
  readonly image: string;
  /** In ms, by the clock of this browser. */
  readonly endsAt: number;
  /** The first code of an attempt is 1. */
  readonly number: number;
}

/** `absent`: the phone is linked by the other way, so that there will be none. */
export type QrState = ShownQr | 'none yet' | 'absent';

/** Where news may not reach this page, it looks itself. */
const LOOK_EVERY_MS = 3_000;

/** The QR code that is valid now, as long as the device pairs. A new `attempt` counts anew. */
export function useQr(deviceId: string, { isPairing, attempt }: { isPairing: boolean; attempt: number }) {
  const [state, setState] = useState<QrState>('none yet');
  const latest = useRef<QrState>('none yet');
  /** What the attempt before showed: it may still be told for a moment, and is no code of this attempt. */
  const before = useRef<string | null>(null);
  const isAsking = useRef(false);
  const show = (next: QrState) => {
    latest.current = next;
    setState(next);
  };

  const look = async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    try {
      const { image, expiresIn } = await api.get<QrImage>(devicePath(deviceId, '/qr-image'));
      const last = latest.current;
      const isNext = isShown(last) && last.image !== image && last.image !== before.current;
      const number = (isShown(last) ? last.number : 1) + (isNext ? 1 : 0);
      show({ image, endsAt: browserClock.now() + expiresIn * 1_000, number });
    } catch {
      // Between two codes there is none. Whatever ends the pairing comes as a state of the device.
      if (await hasPairingCode(deviceId)) show('absent');
    } finally {
      isAsking.current = false;
    }
  };

  useEffect(() => {
    before.current = isShown(latest.current) ? latest.current.image : null;
    show('none yet');
    if (!isPairing) return;
    void look();
    return browserClock.every(LOOK_EVERY_MS, () => {
      const last = latest.current;
      if (last === 'none yet' || (isShown(last) && last.endsAt <= browserClock.now())) void look();
    });
  }, [deviceId, isPairing, attempt]);
  useLive({ types: ['qr'], deviceId }, () => void look());
  return state;
}

async function hasPairingCode(deviceId: string): Promise<boolean> {
  const device = await api.get<Device>(devicePath(deviceId)).catch(() => null);
  return device !== null && device.pairingCode !== null;
}

export function isShown(state: QrState): state is ShownQr {
  return typeof state === 'object';
}
