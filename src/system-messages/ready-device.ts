import type { DeviceEvent } from '../devices/device-events.ts';
import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceDetails } from '../devices/device-view.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';

interface ReadyDeps {
  readonly deviceService: Pick<DeviceService, 'view' | 'connect'>;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly clock: Clock;
}

/** Why a device cannot send; a word for programs. Null: it can. */
export type Hindrance = string | null;

/** How long a device that just came back must stay, in ms: some are thrown out at once. */
const STEADY_MS = 1_000;

/** Brings a device that should be connected back, and waits until it stays; one that was stopped on purpose stays stopped. */
export function createReadiness({ deviceService, deviceEvents, clock }: ReadyDeps) {
  /** False when the time is up first. */
  function untilConnected(
    deviceId: DeviceId,
    patienceMs: number,
  ): { came: Promise<boolean>; forget(): void } {
    const { promise: came, resolve } = Promise.withResolvers<boolean>();
    const stop = deviceEvents.subscribe((event) => {
      const isIt = event.type === 'state-changed' && event.deviceId === deviceId;
      if (isIt && event.state.status === 'connected') resolve(true);
    });
    const timer = clock.after(patienceMs, () => resolve(false));
    return {
      came,
      forget() {
        stop();
        timer.cancel();
      },
    };
  }

  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  async function bringBack(deviceId: DeviceId, patienceMs: number): Promise<Hindrance> {
    const waiting = untilConnected(deviceId, patienceMs);
    try {
      const { device } = await deviceService.connect(deviceId);
      if (!device.isConnected && !(await waiting.came)) return 'not_connected_in_time';
    } catch (error) {
      if (error instanceof AppError) return error.code.toLowerCase();
      throw error;
    } finally {
      waiting.forget();
    }
    await pause(STEADY_MS);
    return (await deviceService.view(deviceId)).isConnected ? null : 'not_steady';
  }

  return {
    /** Resolves within about `patienceMs`. */
    async ready(device: DeviceDetails, patienceMs: number): Promise<Hindrance> {
      if (device.health.rateLimitedUntil !== null) return 'rate_limited';
      if (device.isConnected) return null;
      if (!device.hasSession) return 'no_session';
      if (device.status === 'error' || device.cause?.source === 'operator')
        return device.cause?.code ?? 'error';
      if (patienceMs <= STEADY_MS) return 'no_time_left';
      return bringBack(device.deviceId as DeviceId, patienceMs - STEADY_MS);
    },
  };
}

export type Readiness = ReturnType<typeof createReadiness>;
