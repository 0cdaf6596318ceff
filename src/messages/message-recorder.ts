import type { DeviceEvent } from '../devices/device-events.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';

interface RecorderDeps {
  devices: EventBus<DeviceEvent>;
  /** Stores and publishes a message, once. */
  keep(deviceId: DeviceId, message: ReceivedMessage): Promise<void>;
  log: Logger;
}

export interface MessageRecorder {
  stop: Unsubscribe;
  /** Resolves when everything heard so far is stored. */
  drain(): Promise<void>;
}

/**
 * Has kept what devices receive past the inbound journal, in order per device: channel posts, which are not
 * encrypted, and what the phone sends on asking for a message that could not be decrypted.
 */
export function startMessageRecorder(deps: RecorderDeps): MessageRecorder {
  const { devices, keep, log } = deps;
  const tails = new Map<DeviceId, Promise<void>>();

  const stop = devices.subscribe((event) => {
    if (event.type !== 'message' || event.isJournalled) return;
    const { deviceId, message } = event;
    const tail = (tails.get(deviceId) ?? Promise.resolve())
      .then(() => keep(deviceId, message))
      .catch((error: unknown) => log.error({ deviceId, err: error }, 'received message not stored'))
      .finally(() => {
        if (tails.get(deviceId) === tail) tails.delete(deviceId);
      });
    tails.set(deviceId, tail);
  });

  return {
    stop,
    async drain() {
      await Promise.all(tails.values());
    },
  };
}
