import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { AppError } from '../shared/errors.ts';
import { queueNameOf } from './redis-rings.ts';
import type { Topic } from './wakeups.ts';

/** The queues in Redis, for looking at them; on a connection of its own. */
export interface QueueBoard {
  /** Of the topics there are now. Throws NOT_READY when Redis does not answer. */
  queues(): Promise<readonly Queue[]>;
  close(): Promise<void>;
}

interface QueueBoardDeps {
  /** redis:// or rediss:// */
  readonly redisUrl: string;
  /** As the wake-ups have it. */
  readonly prefix?: string;
  topics(): Promise<readonly Topic[]>;
}

const ANSWER_TIMEOUT_MS = 2_000;

export function createQueueBoard({ redisUrl, prefix = 'wafleet', topics }: QueueBoardDeps): QueueBoard {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: ANSWER_TIMEOUT_MS,
    commandTimeout: ANSWER_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  // Whoever asks for the board is told.
  redis.on('error', () => undefined);
  const open = new Map<Topic, Queue>();

  const queueOf = (topic: Topic): Queue => {
    const known = open.get(topic);
    if (known) return known;
    const queue = new Queue(queueNameOf(topic), { connection: redis, prefix, skipVersionCheck: true });
    queue.on('error', () => undefined);
    open.set(topic, queue);
    return queue;
  };

  return {
    async queues() {
      try {
        // A queue that is opened while Redis is away never recovers.
        await redis.ping();
      } catch (error) {
        throw new AppError('NOT_READY', { waitingFor: ['redis'] }, { cause: error });
      }
      return (await topics()).map(queueOf);
    },
    async close() {
      await Promise.allSettled([...open.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
