import type { OutboxEvent } from '../outbox/outbox-events.ts';
import type { Clock, Timer } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import type { Job } from './job.ts';
import type { JobEvent } from './job-events.ts';
import type { JobOutbox } from './job-ports.ts';
import { progressOf, statusByItems } from './job-progress.ts';
import type { JobReader } from './job-reader.ts';
import type { JobRepository } from './job-repository.ts';

interface JobWatchDeps {
  jobs: Pick<JobRepository, 'find' | 'move' | 'finish' | 'unsettled'>;
  outbox: Pick<JobOutbox, 'countByJob' | 'cancelByJob'>;
  reader: Pick<JobReader, 'view'>;
  outboxEvents: EventBus<OutboxEvent>;
  published: EventBus<JobEvent>;
  clock: Clock;
  log: Logger;
}

export interface JobWatch {
  /** Brings the status of a job in line with its items and publishes how far it is. */
  settle(jobId: string): Promise<void>;
  /** Resolves when the look under way, if any, has ended. */
  settled(): Promise<void>;
  /** Jobs that nobody settled, for the sweep. */
  unsettled(): Promise<readonly string[]>;
  /** Listens no more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

/** Progress of one job is looked at, and published, at most this often, in ms. */
const LOOK_EVERY_MS = 1_000;
const SETTLED_AT_ONCE = 200;

/** Jobs begin and end with their items: hears of every item and looks at its job a moment later. */
export function startJobWatch(deps: JobWatchDeps): JobWatch {
  const { jobs, outbox, reader, published, clock, log } = deps;
  const changed = new Set<string>();
  let timer: Timer | null = null;
  let looking: Promise<void> | null = null;
  let stopped = false;

  const unsubscribe = deps.outboxEvents.subscribe(({ jobId }) => {
    if (jobId === null) return;
    changed.add(jobId);
    arm();
  });

  function arm() {
    if (timer || stopped || changed.size === 0) return;
    timer = clock.after(LOOK_EVERY_MS, () => {
      looking = lookAtChanged().finally(() => {
        timer = null;
        arm();
      });
    });
  }

  async function lookAtChanged() {
    const jobIds = [...changed];
    changed.clear();
    for (const jobId of jobIds) {
      try {
        await settle(jobId);
      } catch (error) {
        log.warn({ jobId, err: error }, 'a job was not looked at; the sweep does it later');
      }
    }
  }

  async function settle(jobId: string): Promise<void> {
    const job = await jobs.find(jobId);
    if (!job) return;
    await bringInLine(job);
    const now = (await jobs.find(jobId)) ?? job;
    if (now.status !== job.status) {
      log.info({ jobId, deviceId: job.deviceId, status: now.status, total: job.total }, 'job moved on');
    }
    published.publish({ job: await reader.view(now) });
  }

  async function bringInLine(job: Job): Promise<void> {
    const counts = await outbox.countByJob(job.id);
    if (job.status === 'cancelled' && counts.has('queued')) await outbox.cancelByJob(job.id);
    const status = statusByItems(job, progressOf(job, counts));
    if (status === job.status) return;
    if (status === 'processing') await jobs.move(job.id, { to: 'processing', from: ['queued'] });
    if (status === 'completed' || status === 'failed') await jobs.finish(job.id, status);
  }

  return {
    settle,
    async settled() {
      await looking;
    },
    unsettled: () => jobs.unsettled(SETTLED_AT_ONCE),
    async stop() {
      stopped = true;
      unsubscribe();
      timer?.cancel();
      await looking;
    },
  };
}
