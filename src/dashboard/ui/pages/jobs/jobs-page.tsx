import type { Page as ListPage } from '../../api/device-types.ts';
import type { Job } from '../../api/job-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { LinkButton } from '../../components/button.tsx';
import { DeviceSelect } from '../../components/device-select.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Select } from '../../components/select.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { useLive } from '../../lib/live.ts';
import { href, place, replaceQuery } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { JobActions } from './job-actions.tsx';
import { JobProgress, JobStatusPill, jobName, jobOfFrame } from './job-state.tsx';
import { t } from './texts.ts';
import './jobs.css';

const STATUSES = ['queued', 'processing', 'paused', 'completed', 'failed', 'cancelled'] as const;

/** Every job with how far it is, live. */
export function JobsPage({ query: { device = '', status = '' } }: PageProps) {
  const create = may('message:send') && (
    <LinkButton kind="primary" href={href('/jobs/new')}>
      {t('create')}
    </LinkButton>
  );
  const { list, pages, put } = useJobs(device, status);
  const filter = (name: string, value: string) => {
    pages.reset();
    replaceQuery({ ...place.peek().query, [name]: value });
  };
  const statuses = STATUSES.map((value) => ({ value, label: t(`status.${value}`) }));
  const isFiltered = device !== '' || status !== '';
  return (
    <Page title={t('title')} actions={create}>
      <search class="jobs-filter">
        <DeviceSelect
          emptyLabel={t('allDevices')}
          value={device}
          onValue={(value) => filter('device', value)}
        />
        <Select
          label={t('status')}
          options={[{ value: '', label: t('allStates') }, ...statuses]}
          value={status}
          onValue={(value) => filter('status', value)}
        />
      </search>
      <ResourceView of={list}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState icon="list" title={t(isFiltered ? 'noneFound' : 'emptyTitle')} action={create}>
              {t(isFiltered ? 'noneFoundText' : 'emptyText')}
            </EmptyState>
          ) : (
            <>
              <ul class="jobs-list" aria-label={t('title')}>
                {items.map((job) => (
                  <JobRow key={job.jobId} job={job} onJob={put} />
                ))}
              </ul>
              <Pager
                shown={items.length}
                total={total}
                hasNext={nextCursor !== null}
                hasPrevious={pages.hasPrevious}
                onNext={() => pages.next(nextCursor)}
                onPrevious={pages.previous}
              />
            </>
          )
        }
      </ResourceView>
    </Page>
  );
}

/** A page of jobs, kept live; one that is new comes on top of the first page. */
function useJobs(deviceId: string, status: string) {
  const pages = useCursor();
  const list = useResource(
    (signal) =>
      api.get<ListPage<Job>>(`${DEVICES}/jobs`, {
        query: { deviceId, status, cursor: pages.cursor, pageSize: 20 },
        signal,
      }),
    [deviceId, status, pages.cursor],
  );
  const put = (job: Job) =>
    list.update((page) => ({
      ...page,
      items: page.items.map((each) => (each.jobId === job.jobId ? job : each)),
    }));
  useLive({ types: ['job'] }, (frame) => {
    const job = jobOfFrame(frame);
    if (!job) return list.reload();
    if (list.data?.items.some(({ jobId }) => jobId === job.jobId)) return put(job);
    const isWanted =
      (deviceId === '' || deviceId === job.deviceId) && (status === '' || status === job.status);
    if (isWanted && !pages.hasPrevious && isOnPage(list.data, job)) list.reload();
  });
  return { list, pages, put };
}

/** Whether an unknown job belongs here and not on a page behind: ids sort by time. */
function isOnPage(page: ListPage<Job> | null, { jobId }: Job): boolean {
  const last = page?.items.at(-1);
  return !page || page.nextCursor === null || last === undefined || jobId > last.jobId;
}

function JobRow({ job, onJob }: { job: Job; onJob(job: Job): void }) {
  return (
    <li class="jobs-row">
      <div class="stack-s">
        <a class="jobs-name break" href={href(`/jobs/${job.jobId}`)}>
          {jobName(job)}
        </a>
        <p class="muted small break">
          {job.deviceId} · {t.maybe(`kind.${job.kind}`, job.kind)} · <TimeAgo at={job.createdAt} />
        </p>
      </div>
      <div>
        <JobStatusPill status={job.status} />
      </div>
      <JobProgress job={job} />
      <div class="jobs-buttons">
        <JobActions job={job} onJob={onJob} />
      </div>
    </li>
  );
}
