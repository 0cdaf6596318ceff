import { type Job, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { causeOf, type RedisLink } from './redis-link.ts';
import type { RedisRings, RingJob } from './redis-rings.ts';
import { RING_ATTEMPTS, retryDelayMs } from './retry-policy.ts';
import { logFailedRun, type TopicRunner } from './topic-runner.ts';
import type { Topic } from './wakeups.ts';

export interface RingWorkerDeps {
  readonly topic: Topic;
  readonly prefix: string;
  readonly connection: Redis;
  readonly concurrency: number;
  readonly link: RedisLink;
  readonly rings: RedisRings;
  readonly runner: TopicRunner;
  readonly clock: Clock;
  readonly log: Logger;
}

export type RingWorker = Worker<RingJob>;

/**
 * A killed process holds its jobs for LOCK_MS at most, and the others look every STALLED_CHECK_MS: the job runs again
 * within 15 seconds. Being killed twice must not fail a job, hence the count.
 */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
const STALLED_COUNT = 1_000_000;
/** BullMQ's own 15 seconds after a lost connection would eat half of what an outage may cost. */
const RETRY_AFTER_LOSS_MS = 500;

/** Runs the topic's handler for every job, through the runner of this process. */
export function startRingWorker(deps: RingWorkerDeps): RingWorker {
  const { topic, prefix, connection, concurrency, link, rings, log } = deps;
  const worker: RingWorker = new Worker(rings.queueName, (job, token) => processRing(deps, job, token), {
    connection,
    prefix,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: STALLED_COUNT,
    runRetryDelay: RETRY_AFTER_LOSS_MS,
    settings: { backoffStrategy: retryDelayMs },
  });
  worker.on('error', (error) => {
    // During an outage the link has said already what there is to say.
    if (link.up()) log.warn({ topic, cause: causeOf(error) }, 'the worker of a topic had trouble with Redis');
  });
  worker.on('stalled', () => log.info({ topic }, 'a wake-up runs again: its process was gone or stuck'));
  return worker;
}

async function processRing(
  deps: RingWorkerDeps,
  job: Job<RingJob>,
  token: string | undefined,
): Promise<void> {
  const { rings, runner, link } = deps;
  const { id } = job.data;
  await answer(link, rings.take(id));
  let result: 'ran' | 'paused';
  try {
    result = await runner.run(id);
  } catch (error) {
    await failRun(deps, job, error);
    // The real error stays here: its message may hold what must not lie in Redis.
    throw new Error('the run failed');
  }
  if (result === 'paused') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  await answer(link, rings.settle(id));
}

async function failRun(
  { topic, rings, link, clock, log }: RingWorkerDeps,
  job: Job<RingJob>,
  error: unknown,
): Promise<void> {
  const { id } = job.data;
  const attempt = job.attemptsMade + 1;
  logFailedRun(log, { topic, id, attempt, error });
  if (attempt >= RING_ATTEMPTS) return answer(link, rings.settle(id));
  await answer(link, rings.expect(id, clock.now().getTime() + retryDelayMs(attempt)));
}

/** The times are advice: without Redis the run goes on all the same, and the sweep makes good what was lost. */
async function answer(link: RedisLink, command: Promise<void>): Promise<void> {
  try {
    await command;
  } catch (error) {
    link.failed(error);
  }
}
