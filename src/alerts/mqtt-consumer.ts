import type { Clock, Timer } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';
import type { AlertLeaseRepository } from './alert-lease-repository.ts';
import type { BrokerPacket, MqttLink, MqttTake } from './mqtt-link.ts';
import type { AlertTopic } from './mqtt-topics.ts';

interface ConsumerDeps {
  readonly broker: { readonly url: string; readonly clientId: string };
  readonly leases: AlertLeaseRepository;
  /** The rules as they are now. */
  topics(): Promise<readonly AlertTopic[]>;
  /** See createMqttIntake. */
  intake(packet: BrokerPacket, topics: readonly AlertTopic[]): Promise<() => void>;
  /** Of this start of this process. */
  readonly holder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** The name of the lease under which one process listens. */
export const BROKER_LEASE = 'mqtt';
/** How often the lease is renewed and the rules are read, and how long it outlives its holder; in ms. */
const RENEW_MS = 2_000;
const LEASE_MS = 7_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Listens to the broker while this process has the lease. The lease spares the broker two sessions under one name, which would
 * throw each other out; that nothing is told twice rests on the rows.
 */
export function startMqttConsumer(deps: ConsumerDeps): { stop(): Promise<void> } {
  const { leases, holder, clock, log } = deps;
  let link: MqttLink | null = null;
  let topics: readonly AlertTopic[] = [];
  let heldUntil = 0;
  let isStopped = false;
  let line: Promise<void> = Promise.resolve();
  let current: Promise<void> | null = null;
  const pauses = new Set<() => void>();

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const end = () => {
        timer.cancel();
        pauses.delete(end);
        resolve();
      };
      const timer: Timer = clock.after(ms, end);
      pauses.add(end);
    });
  /** While nobody can send, or the database is away, the broker keeps the message and those behind it. */
  const takePatiently = async (packet: BrokerPacket, isWanted: () => boolean): Promise<() => void> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await deps.intake(packet, topics);
      } catch (error) {
        log.warn({ topic: packet.topic, err: error }, 'an alert of the broker cannot be taken now');
      }
      await pause(pauseMs);
      if (!isWanted() || isStopped) throw new Error('the broker will deliver it again');
    }
  };
  /** One at a time, also when the broker delivers again what is still being stored. */
  const take: MqttTake = (packet, isWanted) => {
    const taken = line.then(() => takePatiently(packet, isWanted));
    line = taken.then(
      () => {},
      () => {},
    );
    return taken;
  };
  const close = async () => {
    const open = link;
    link = null;
    for (const end of [...pauses]) end();
    await open?.end();
  };
  /** The library is loaded where there is a broker only. */
  const listen = async () => {
    const { openMqttLink } = await import('./mqtt-link.ts');
    if (isStopped) return;
    link ??= openMqttLink({ ...deps, ...deps.broker, take });
    link.follow(topics.map(({ filter }) => filter));
  };
  const look = async () => {
    try {
      const askedAt = clock.monotonic();
      if (await leases.acquire(BROKER_LEASE, holder, LEASE_MS)) {
        heldUntil = askedAt + LEASE_MS;
        topics = await deps.topics();
        await listen();
      } else await close();
    } catch (error) {
      log.warn({ err: error }, 'the lease of the broker is not renewed');
      // Another process may have it by now.
      if (clock.monotonic() >= heldUntil) await close();
    }
  };
  const tick = () => {
    current ??= look().finally(() => {
      current = null;
    });
  };

  const timer = clock.every(RENEW_MS, tick);
  tick();
  return {
    async stop() {
      isStopped = true;
      timer.cancel();
      await current;
      await close();
      await leases.release(BROKER_LEASE, holder).catch((error: unknown) => {
        log.debug({ err: error }, 'the lease of the broker ends by itself');
      });
    },
  };
}
