import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { ACTIVE_STATUSES, type Job } from './job.ts';
import type { JobOutbox } from './job-ports.ts';
import type { JobRepository } from './job-repository.ts';

interface JobControlDeps {
  jobs: JobRepository;
  outbox: Omit<JobOutbox, 'accept'>;
  /** Looks at the job again and tells who watches. */
  settle(jobId: string): Promise<void>;
}

export type JobControl = ReturnType<typeof createJobControl>;

/**
 * What a person can do with a job under way. All of it holds from the next send on: every send of an item asks the job's
 * row. Doing what is done already changes nothing. A job at another end throws JOB_FINISHED.
 */
export function createJobControl({ jobs, outbox, settle }: JobControlDeps) {
  async function reread(job: Job): Promise<Job> {
    await settle(job.id);
    return (await jobs.find(job.id)) ?? job;
  }

  /** For when a guarded change found the job at an end. */
  async function refuseUnless(job: Job, statuses: readonly Job['status'][]): Promise<Job> {
    const now = (await jobs.find(job.id)) ?? job;
    if (statuses.includes(now.status)) return now;
    throw new AppError('JOB_FINISHED', { jobId: job.id, status: now.status });
  }

  async function cancel(job: Job): Promise<Job> {
    const step = { to: 'cancelled', from: ACTIVE_STATUSES } as const;
    if (!(await jobs.move(job.id, step))) return refuseUnless(job, ['cancelled']);
    // From here on no item is begun. Should this process end before the next line, `settle` does it later.
    await outbox.cancelByJob(job.id);
    return reread(job);
  }

  return {
    cancel,

    async pause(job: Job): Promise<Job> {
      const step = { to: 'paused', from: ['queued', 'processing'] } as const;
      if (!(await jobs.move(job.id, step))) return refuseUnless(job, ['paused']);
      return reread(job);
    },

    async resume(job: Job): Promise<Job> {
      const to = job.startedAt === null ? 'queued' : 'processing';
      if (!(await jobs.move(job.id, { to, from: ['paused'] })))
        return refuseUnless(job, ['queued', 'processing']);
      outbox.ring(job.deviceId);
      return reread(job);
    },

    /**
     * Queues the items that failed again, each under its WhatsApp message id of before, so that what left after all is not
     * seen twice. A job at its end begins again. A cancelled job throws JOB_FINISHED.
     */
    async retry(job: Job): Promise<{ job: Job; retried: number }> {
      if (job.status === 'cancelled')
        throw new AppError('JOB_FINISHED', { jobId: job.id, status: job.status });
      if (!(await outbox.countByJob(job.id)).has('failed')) return { job, retried: 0 };
      const restart = jobs.transition(job.id, { to: 'processing', from: ['completed', 'failed'] });
      const retried = await outbox.retryByJob(job.id, { beside: [restart] });
      if (retried > 0) outbox.ring(job.deviceId);
      return { job: await reread(job), retried };
    },

    /** Cancels what a device that is gone has not ended: another one of the same name must not send it. */
    async cancelAllOf(deviceId: DeviceId): Promise<void> {
      for (const job of await jobs.activeOf(deviceId)) await cancel(job);
    },
  };
}
