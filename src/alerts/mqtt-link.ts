import { connect, type MqttClient } from 'mqtt';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';

/** A message of the broker. */
export interface BrokerPacket {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Null with QoS 0. */
  readonly packetId: number | null;
  /** The broker delivers it again, because it does not know that we have it. */
  readonly isAgain: boolean;
}

/**
 * Resolves when the message is durable; then the broker is told, and what it gives back is called. Rejects to leave the message with
 * the broker until we connect again; nobody waits for it once `isWanted` is false. Asked for one at a time.
 */
export type MqttTake = (packet: BrokerPacket, isWanted: () => boolean) => Promise<() => void>;

interface LinkDeps {
  readonly url: string;
  /** The broker keeps what we miss under this name. */
  readonly clientId: string;
  readonly take: MqttTake;
  readonly random: Random;
  readonly log: Logger;
}

/** A connection to a broker that comes back by itself. */
export interface MqttLink {
  /** Subscribes to these and to nothing else. Failures are logged, and mended with the next connection. */
  follow(filters: readonly string[]): void;
  /** Resolves when the connection is closed; the broker goes on keeping what we miss. */
  end(): Promise<void>;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 15_000;
const KEEPALIVE_SECONDS = 30;

/**
 * QoS 1 over a session that outlives the connection: the library sends PUBACK only after `handleMessage` called back, so a message
 * is with the broker or with us, whoever dies in between (MQTT 3.1.1, 4.4).
 */
export function openMqttLink({ url, clientId, take, random, log }: LinkDeps): MqttLink {
  const client = connect(url, {
    clientId,
    clean: false,
    // What is subscribed is ours to say, also after the rules changed.
    resubscribe: false,
    reconnectPeriod: FIRST_PAUSE_MS,
    reconnectOnConnackError: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: KEEPALIVE_SECONDS,
  });
  const subscriptions = createSubscriptions(client, log);
  let connections = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let isAway = false;

  client.handleMessage = (packet, done) => {
    const mine = connections;
    const { topic, payload, qos, messageId, dup } = packet;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const packetId = qos === 0 ? null : (messageId ?? null);
    take({ topic, payload: bytes, packetId, isAgain: dup }, () => mine === connections).then(
      (afterwards) => {
        done();
        afterwards();
      },
      (error: unknown) => done(error instanceof Error ? error : new Error('not taken')),
    );
  };
  client.on('connect', () => {
    pauseMs = FIRST_PAUSE_MS;
    client.options.reconnectPeriod = pauseMs;
    isAway = false;
    log.info({}, 'connected to the broker');
    subscriptions.renew();
  });
  client.on('close', () => {
    connections += 1;
    // The library has taken the old pause for this time already.
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    client.options.reconnectPeriod = Math.round(pauseMs * (0.75 + random.next() / 2));
    if (!isAway) log.warn({}, 'the broker is away');
    isAway = true;
  });
  client.on('error', (error) =>
    log.warn({ code: codeOf(error) }, 'the broker cannot be reached, or refuses us'),
  );

  return {
    follow: subscriptions.follow,
    async end() {
      connections += 1;
      await client.endAsync(true);
    },
  };
}

/** What the broker was asked for since we connected, and what it is to be asked for. What it tells beside that fits no rule. */
function createSubscriptions(client: MqttClient, log: Logger) {
  let wanted: readonly string[] = [];
  let known = new Set<string>();

  const apply = () => {
    if (!client.connected) return;
    const gone = [...known].filter((filter) => !wanted.includes(filter));
    const added = wanted.filter((filter) => !known.has(filter));
    known = new Set(wanted);
    if (gone.length > 0) client.unsubscribeAsync(gone).catch(failed);
    if (added.length > 0) client.subscribeAsync([...added], { qos: 1 }).catch(failed);
  };
  const failed = (error: unknown) => {
    known = new Set();
    log.warn({ code: codeOf(error) }, 'the broker refused a subscription');
  };
  return {
    follow(filters: readonly string[]) {
      wanted = filters;
      apply();
    },
    renew() {
      known = new Set();
      apply();
    },
  };
}

/** A code and never the words: those of a library may hold the address with its password. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'unknown';
  return String(error.code);
}
