import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId, Ids, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import type { MessageEvent } from './message-events.ts';
import type { MessageRepository } from './message-repository.ts';
import type { StatusAdvance } from './message-status.ts';

interface RecorderDeps {
  devices: EventBus<DeviceEvent>;
  messages: Pick<MessageRepository, 'advance' | 'addReceived'>;
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

/** Stores what devices tell of messages (acks, refusals, receipts, received ones), in order per device, then publishes it. */
export function startMessageRecorder(deps: RecorderDeps): MessageRecorder {
  const { devices, messages, published, ids, clock, log } = deps;
  const tails = new Map<DeviceId, Promise<void>>();

  const stop = devices.subscribe((event) => {
    const work = workFor(event);
    if (!work) return;
    const { deviceId, type } = event;
    const tail = (tails.get(deviceId) ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) => log.error({ deviceId, event: type, err: error }, 'message news not stored'))
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

  function workFor(event: DeviceEvent): (() => Promise<void>) | null {
    const { deviceId } = event;
    switch (event.type) {
      case 'ack':
        return () =>
          advance(deviceId, { waMessageIds: [event.waMessageId], status: 'server_ack', at: clock.now() });
      case 'nack':
        return () => refuse(deviceId, event.waMessageId, event.code);
      case 'receipt':
        return () =>
          advance(deviceId, { waMessageIds: event.waMessageIds, status: event.kind, at: event.at });
      case 'message':
        return () => keep(deviceId, event.message);
      default:
        return null;
    }
  }

  async function advance(deviceId: DeviceId, step: StatusAdvance, refusal: number | null = null) {
    for (const waMessageId of await messages.advance(deviceId, step)) {
      published.publish({ type: 'status-changed', deviceId, waMessageId, status: step.status, refusal });
    }
  }

  function refuse(deviceId: DeviceId, waMessageId: WaMessageId, code: number) {
    const error = { code: `WA_${code}`, message: `WhatsApp refused the message with code ${code}` };
    return advance(deviceId, { waMessageIds: [waMessageId], status: 'failed', at: clock.now(), error }, code);
  }

  async function keep(deviceId: DeviceId, received: ReceivedMessage) {
    const message = { ...received, id: ids.next(), deviceId };
    if ((await messages.addReceived(message)) === 'duplicate') return;
    published.publish({ type: 'received', deviceId, message: { ...message, receivedAt: clock.now() } });
  }
}
