import type { Job, JobStatus } from '../../api/job-types.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { formatNumber } from '../../lib/format.ts';
import type { LiveFrame } from '../../lib/live-stream.ts';
import { t } from './texts.ts';

const TONES: Record<JobStatus, Tone> = {
  queued: 'neutral',
  processing: 'info',
  paused: 'warn',
  completed: 'ok',
  failed: 'danger',
  cancelled: 'neutral',
};

export function JobStatusPill({ status }: { status: JobStatus }) {
  return <StatusPill tone={TONES[status] ?? 'neutral'}>{t.maybe(`status.${status}`, status)}</StatusPill>;
}

/** How far it is, in a bar and in words. */
export function JobProgress({ job }: { job: Job }) {
  const { currentIndex, total, successCount, errorCount, eta } = job;
  return (
    <div class="stack-s">
      <ProgressBar label={t('progressOf', { name: jobName(job) })} value={currentIndex} max={total} />
      <p class="small row job-figures">
        <span>{t('done', { done: formatNumber(currentIndex), total: formatNumber(total) })}</span>
        <span class="job-good">{t('good', { count: formatNumber(successCount) })}</span>
        {errorCount > 0 && <span class="job-bad">{t('bad', { count: formatNumber(errorCount) })}</span>}
        {eta !== null && (
          <span>
            {t('eta')} <TimeAgo at={eta} />
          </span>
        )}
      </p>
    </div>
  );
}

export function jobName({ name, jobId }: Pick<Job, 'name' | 'jobId'>): string {
  return name ?? t('unnamed', { id: jobId.slice(-6) });
}

/** The job a live frame tells of. */
export function jobOfFrame({ type: _type, at: _at, ...fields }: LiveFrame): Job | null {
  return isJob(fields) ? fields : null;
}

function isJob(fields: object): fields is Job {
  return 'jobId' in fields && 'deviceId' in fields && 'status' in fields && 'counts' in fields;
}

/** Whether the job may still do something. */
export function isUnderWay(status: JobStatus): boolean {
  return status === 'queued' || status === 'processing' || status === 'paused';
}
