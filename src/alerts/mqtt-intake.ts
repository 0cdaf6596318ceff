import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { AlertOrder } from './alert.ts';
import type { AlertIntake, AlertOrigin } from './alert-intake.ts';
import type { AlertRepository, SameKey } from './alert-repository.ts';
import { MOST_CAPTION, sameMessage, samePacket, textOf } from './alert-text.ts';
import type { BrokerPacket } from './mqtt-link.ts';
import { MOST_PAYLOAD_BYTES, readPayload } from './mqtt-payload.ts';
import { type AlertTopic, topicFor } from './mqtt-topics.ts';

interface IntakeDeps {
  readonly alerts: Pick<AlertRepository, 'same' | 'forgetKey'>;
  readonly intake: AlertIntake;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long what a sender named, and what the broker may deliver again, is known. */
const KNOWN_MS = 24 * 60 * 60_000;
/** After the broker was told that we have it, it has heard so by then. */
const HEARD_MS = 30_000;

/** What will not do, whenever it is tried: the broker must not keep it. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'RECIPIENT_LIST_NOT_FOUND',
  'VALIDATION_FAILED',
  'IDEMPOTENCY_MISMATCH',
]);

/**
 * Makes one alert of a packet, durable when this resolves with what to do once the broker was told. Throws what may pass: then the
 * broker is told nothing and the packet is tried again.
 */
export function createMqttIntake({ alerts, intake, clock, log }: IntakeDeps) {
  return async (packet: BrokerPacket, topics: readonly AlertTopic[]): Promise<() => void> => {
    const { topic, payload, isAgain } = packet;
    const rule = topicFor(topics, topic);
    if (rule === null || payload.byteLength > MOST_PAYLOAD_BYTES) {
      log.warn({ topic, bytes: payload.byteLength }, 'a message of the broker is no alert');
      return () => {};
    }
    const { order, id } = readPayload(payload, topic, rule);
    const key = keyOf(packet, id);
    if (isAgain && key && (await alerts.same([key.hash])) !== null) return forgetting(key);
    const origin: AlertOrigin = {
      access: { mayUse: () => true, deviceIds: null },
      source: 'mqtt',
      topic: topic.slice(0, 200),
      keys: key ? [key] : [],
    };
    try {
      await accept(order, origin);
    } catch (error) {
      if (!(error instanceof AppError) || !FOR_GOOD.has(error.code)) throw error;
      log.error({ topic, code: error.code }, 'a message of the broker alerts nobody');
    }
    return key ? forgetting(key) : () => {};
  };

  /** Words without their picture are better than no alert. */
  async function accept(order: AlertOrder, origin: AlertOrigin): Promise<void> {
    const image = textOf(order).length > MOST_CAPTION ? null : order.image;
    try {
      await intake.accept({ ...order, image }, origin, () => []);
    } catch (error) {
      if (image === null || !(error instanceof AppError) || !isAboutImage(error)) throw error;
      log.warn({ topic: origin.topic, code: error.code }, 'an alert goes without its image');
      await intake.accept({ ...order, image: null }, origin, () => []);
    }
  }

  /** A name of its sender's stays known; a packet's number is used again. */
  function forgetting({ hash, kind }: SameKey): () => void {
    if (kind === 'claim') return () => {};
    return () => {
      clock.after(HEARD_MS, () => {
        alerts
          .forgetKey(hash)
          .catch((error: unknown) => log.debug({ err: error }, 'a packet is known longer than it need be'));
      });
    };
  }
}

/** Null with QoS 0: nobody delivers it again. */
function keyOf({ topic, payload, packetId }: BrokerPacket, id: string | null): SameKey | null {
  if (id !== null) return { hash: sameMessage(topic, id), forMs: KNOWN_MS, kind: 'claim' };
  if (packetId === null) return null;
  return { hash: samePacket(topic, packetId, payload), forMs: KNOWN_MS, kind: 'note' };
}

function isAboutImage({ code }: AppError): boolean {
  return code.startsWith('MEDIA_') || code.startsWith('URL_') || code === 'BODY_TOO_LARGE';
}
