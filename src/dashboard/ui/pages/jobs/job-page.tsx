import type { Job } from '../../api/job-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { Card, Facts } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { formatDateTime, formatNumber } from '../../lib/format.ts';
import { useLive } from '../../lib/live.ts';
import { href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { messageStatusText } from '../send/message-status.tsx';
import { JobActions } from './job-actions.tsx';
import { JobProgress, JobStatusPill, jobName, jobOfFrame } from './job-state.tsx';
import { Ledger } from './ledger.tsx';
import { t } from './texts.ts';
import './jobs.css';

/** One job: how far it is, what can be done, and every item of it. */
export function JobPage({ params: { jobId = '' }, query }: PageProps) {
  const job = useResource(
    (signal) => api.get<Job>(`${DEVICES}/jobs/${encodeURIComponent(jobId)}`, { signal }),
    [jobId],
  );
  const put = (next: Job) => job.update(() => next);
  useLive({ types: ['job'] }, (frame) => {
    const told = jobOfFrame(frame);
    if (!told) job.reload();
    else if (told.jobId === jobId) put(told);
  });
  const title = job.data ? jobName(job.data) : t('job');
  return (
    <Page title={title} actions={job.data && <JobActions job={job.data} onJob={put} />}>
      <p>
        <a href={href('/jobs')}>{t('toList')}</a>
      </p>
      <ResourceView of={job}>
        {(data) => (
          <>
            <Card>
              <div class="row-between">
                <JobStatusPill status={data.status} />
                <a href={href('/jobs', { device: data.deviceId })}>{data.deviceId}</a>
              </div>
              <JobProgress job={data} />
              <JobFacts job={data} />
            </Card>
            <Ledger job={data} status={query.status ?? ''} />
          </>
        )}
      </ResourceView>
    </Page>
  );
}

function JobFacts({ job }: { job: Job }) {
  const { kind, delay, createdAt, startedAt, finishedAt, counts } = job;
  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${messageStatusText(status)}: ${formatNumber(count)}`);
  return (
    <Facts
      items={[
        [t('kind'), t.maybe(`kind.${kind}`, kind)],
        [t('delay'), delay === null ? t('delayRandom') : t('delaySeconds', { seconds: formatNumber(delay) })],
        [t('createdAt'), formatDateTime(createdAt)],
        [t('startedAt'), <TimeAgo key="started" at={startedAt} />],
        [t('finishedAt'), finishedAt === null ? t('notYet') : <TimeAgo key="finished" at={finishedAt} />],
        [t('byStatus'), counted.join(' · ')],
      ]}
    />
  );
}
