import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import type { MessageEvent } from './message-events.ts';
import type { MessageRepository } from './message-repository.ts';

interface RecorderDeps {
  devices: EventBus<DeviceEvent>;
  messages: Pick<MessageRepository, 'addReceived'>;
  published: EventBus<MessageEvent>;
  ids: Ids;
  clock: Clock;
  log: Logger;
}

export interface MessageRecorder {
  stop: Unsubscribe;
  /** Resolves when everything heard so far is stored. */
  drain(): Promise<void>;
}

/**
 * Stores what devices receive past the inbound journal, in order per device, then publishes it: channel posts, which are not
 * encrypted, and what the phone sends on asking for a message that could not be decrypted.
 */
export function startMessageRecorder(deps: RecorderDeps): MessageRecorder {
  const { devices, messages, published, ids, clock, log } = deps;
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

  async function keep(deviceId: DeviceId, received: ReceivedMessage) {
    const message = { ...received, id: ids.next(), deviceId };
    if ((await messages.addReceived(message)) === 'duplicate') return;
    published.publish({ type: 'received', deviceId, message: { ...message, receivedAt: clock.now() } });
  }
}
