import type { Redis } from 'ioredis';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { createRedisLink, openPatientRedis } from './redis-link.ts';
import { createRedisRings, type RedisRings } from './redis-rings.ts';
import { type RingWorker, startRingWorker } from './ring-worker.ts';
import { createTopicRunners } from './topic-runners.ts';
import type { Topic, Wakeups } from './wakeups.ts';
import { within } from './within.ts';

export interface BullMqWakeupsDeps {
  /** redis:// or rediss:// */
  readonly redisUrl: string;
  /** Of all keys, so that several installations can share one Redis; `wafleet` unless said otherwise. */
  readonly prefix?: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

const RING_WAIT_MS = 1_000;
const START_WAIT_MS = 1_000;
/** Together less than 5 seconds. */
const STOP_WAIT_MS = 4_000;
const CLOSE_WAIT_MS = 900;

/**
 * Wake-ups through BullMQ, over all processes that share a Redis. While Redis is away rings stay in this process: the
 * handlers it has go on running, woken by the sweep; the rest is handed to Redis when it is back.
 */
export function createBullMqWakeups(deps: BullMqWakeupsDeps): Wakeups {
  const { redisUrl, prefix = 'wafleet', clock, ids, log } = deps;
  const runners = createTopicRunners({ clock, log });
  const link = createRedisLink({ url: redisUrl, prefix, clock, log, onUp: () => void handOver() });
  const concurrencies = new Map<Topic, number>();
  const rings = new Map<Topic, RedisRings>();
  const workers = new Map<Topic, RingWorker>();
  let connection: Redis | null = null;
  let state: 'new' | 'running' | 'draining' | 'stopped' = 'new';
  let stopping: Promise<void> | null = null;

  const ringsOf = (topic: Topic): RedisRings => {
    const known = rings.get(topic);
    if (known !== undefined) return known;
    const made = createRedisRings({ topic, prefix, redis: link.commands, clock, ids });
    rings.set(topic, made);
    return made;
  };

  const ring = async (topic: Topic, id: string, dueMs: number): Promise<void> => {
    if (state === 'stopped') return;
    if (!link.up()) return runners.of(topic).ring(id, dueMs);
    try {
      const result = await within(clock, RING_WAIT_MS, ringsOf(topic).ring(id, dueMs));
      if (result === 'late') throw new Error('no answer to a ring in time');
    } catch (error) {
      link.failed(error);
      runners.of(topic).ring(id, dueMs);
    }
  };

  const handOver = async (): Promise<void> => {
    for (const { topic, ring: kept } of runners.takePending()) await ring(topic, kept.id, kept.dueMs);
  };

  const startWorker = (topic: Topic, concurrency: number): void => {
    if (connection === null || state !== 'running') return;
    const runner = runners.of(topic);
    workers.set(
      topic,
      startRingWorker({
        topic,
        prefix,
        connection,
        concurrency,
        link,
        rings: ringsOf(topic),
        runner,
        clock,
        log,
      }),
    );
  };

  const drain = async (): Promise<void> => {
    if (state === 'running') state = 'draining';
    await Promise.all([...workers.values()].map((worker) => worker.pause(true)));
    await runners.drain();
  };

  /** Rings of the runs that end meanwhile still get through. */
  const stop = async (): Promise<void> => {
    const drained = await within(clock, STOP_WAIT_MS, drain());
    if (drained === 'late') log.warn({ waitedMs: STOP_WAIT_MS }, 'stopped while wake-ups were still running');
    const how = drained !== 'late' && link.up() ? 'when finished' : 'at once';
    const closed = await within(clock, CLOSE_WAIT_MS, closeWorkers([...workers.values()], how));
    if (closed === 'late') for (const worker of workers.values()) void worker.disconnect().catch(link.failed);
    state = 'stopped';
    runners.takePending();
    connection?.disconnect();
    link.close();
  };

  return {
    ring: (topic, id, at) => ring(topic, id, (at ?? clock.now()).getTime()),
    handle(topic, handler, options = {}) {
      const concurrency = runners.of(topic).handle(handler, options);
      concurrencies.set(topic, concurrency);
      startWorker(topic, concurrency);
    },
    async start() {
      state = 'running';
      connection = openPatientRedis(redisUrl);
      // The link to the same Redis says what is wrong.
      connection.on('error', () => undefined);
      for (const [topic, concurrency] of concurrencies) startWorker(topic, concurrency);
      runners.resume();
      await within(clock, START_WAIT_MS, link.open());
    },
    drain,
    stop() {
      stopping ??= stop();
      return stopping;
    },
    healthy: () => state === 'running' && link.up(),
    async depth(topic) {
      if (!link.up()) return null;
      try {
        return await ringsOf(topic).dueCount();
      } catch (error) {
        link.failed(error);
        return null;
      }
    },
  };
}

/** At once: a job under way stays locked to nobody and runs again in another process, so nothing is lost. */
async function closeWorkers(workers: readonly RingWorker[], how: 'at once' | 'when finished'): Promise<void> {
  await Promise.all(workers.map((worker) => worker.close(how === 'at once')));
}
