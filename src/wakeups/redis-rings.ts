import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import { RING_ATTEMPTS } from './retry-policy.ts';
import type { Topic } from './wakeups.ts';

/** What a job carries: nothing that may not lie in Redis. */
export interface RingJob {
  readonly id: string;
}

/**
 * The rings of one topic in Redis. The due times are in a sorted set, which can keep the earliest of two in one step;
 * BullMQ's jobs are what wakes a worker, one for each id, never later than its due time.
 */
export interface RedisRings {
  readonly queueName: string;
  ring(id: string, dueMs: number): Promise<void>;
  /** Answers a ring that is due: a run begins. One that is due later stays. */
  take(id: string): Promise<void>;
  /** A run has ended: a ring that came meanwhile gets its time counted from now, not from when BullMQ ends the job. */
  settle(id: string): Promise<void>;
  /** Notes that the job itself comes back at `dueMs`, so that no later ring pushes it out. */
  expect(id: string, dueMs: number): Promise<void>;
  dueCount(): Promise<number>;
}

export interface RedisRingsDeps {
  readonly topic: Topic;
  readonly prefix: string;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Keeps the earlier time and gives it back. */
const KEEP_EARLIEST = `local known = redis.call('zscore', KEYS[1], ARGV[2])
if known and tonumber(known) <= tonumber(ARGV[1]) then return known end
redis.call('zadd', KEYS[1], ARGV[1], ARGV[2])
return ARGV[1]`;

const TAKE = `local due = redis.call('zscore', KEYS[1], ARGV[1])
if due and tonumber(due) <= tonumber(ARGV[2]) then redis.call('zrem', KEYS[1], ARGV[1]) end`;

/** BullMQ's event stream is of no use here; this is as short as it gets. */
const STREAM_EVENTS = 100;

export function createRedisRings({ topic, prefix, redis, clock, ids }: RedisRingsDeps): RedisRings {
  const dueKey = `${prefix}:due:${topic}`;
  const queueName = queueNameOf(topic);
  let queue: Queue<RingJob> | null = null;
  const now = () => clock.now().getTime();

  const dueOf = async (id: string): Promise<number | null> => {
    const due = await redis.zscore(dueKey, id);
    return due === null ? null : Number(due);
  };
  const keepEarliest = async (id: string, dueMs: number): Promise<number> =>
    Number(await redis.eval(KEEP_EARLIEST, 1, dueKey, dueMs, id));
  /** Opened at the first ring, when Redis is known to answer: BullMQ never recovers from a failed opening. */
  const openQueue = (): Queue<RingJob> => {
    if (queue !== null) return queue;
    queue = new Queue<RingJob>(queueName, {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: STREAM_EVENTS } },
    });
    // What goes wrong also rejects the call it belongs to.
    queue.on('error', () => undefined);
    return queue;
  };
  /** Makes a job, moves the waiting one of this id to `dueMs`, or keeps one back for after the running one. */
  const enqueue = async (id: string, dueMs: number): Promise<void> => {
    await openQueue().add(
      topic,
      { id },
      {
        // One job for each id is what deduplication sees to; job ids must not come again after Redis lost its data.
        jobId: ids.next(),
        deduplication: { id, reschedule: true, keepLastIfActive: true },
        delay: Math.max(0, dueMs - now()),
        attempts: RING_ATTEMPTS,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    );
  };
  /** Whoever moves the job last has looked again afterwards: so it never ends up later than the earliest ring. */
  const enqueueEarliest = async (id: string, dueMs: number): Promise<void> => {
    let earliest = dueMs;
    for (;;) {
      await enqueue(id, earliest);
      if (earliest <= now()) return;
      const latest = await dueOf(id);
      if (latest === null || latest >= earliest) return;
      earliest = latest;
    }
  };

  return {
    queueName,
    async ring(id, dueMs) {
      await enqueueEarliest(id, await keepEarliest(id, dueMs));
    },
    async take(id) {
      await redis.eval(TAKE, 1, dueKey, id, now());
    },
    async settle(id) {
      const due = await dueOf(id);
      if (due !== null) await enqueueEarliest(id, due);
    },
    async expect(id, dueMs) {
      await keepEarliest(id, dueMs);
    },
    dueCount: () => redis.zcount(dueKey, '-inf', now()),
  };
}

/** The name BullMQ knows the queue of a topic by. */
export function queueNameOf(topic: Topic): string {
  return `wafleet-${topic}`;
}
