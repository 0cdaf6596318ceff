import type { Job, RetriedJob } from '../../api/job-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { isUnderWay, jobName } from './job-state.tsx';
import { t } from './texts.ts';

/** What can be done with a job as it is; `onJob` takes how it is afterwards. */
export function JobActions({ job, onJob }: { job: Job; onJob(job: Job): void }) {
  const { status, errorCount } = job;
  const name = jobName(job);
  const order = useAction((what: 'pause' | 'resume' | 'cancel' | 'retry') =>
    steer(job, what).then(onJob, toastError),
  );
  const cancel = async () => {
    const agreed = await confirmed({
      title: t('cancelTitle', { name }),
      text: t('cancelText'),
      confirm: t('cancel'),
      danger: true,
    });
    if (agreed) await order.run('cancel');
  };
  if (!may('message:send')) return null;
  return (
    <>
      {(status === 'queued' || status === 'processing') && (
        <Button
          busy={order.busy}
          aria-label={`${t('pause')}: ${name}`}
          onClick={() => void order.run('pause')}
        >
          {t('pause')}
        </Button>
      )}
      {status === 'paused' && (
        <Button
          kind="primary"
          busy={order.busy}
          aria-label={`${t('resume')}: ${name}`}
          onClick={() => void order.run('resume')}
        >
          {t('resume')}
        </Button>
      )}
      {errorCount > 0 && status !== 'cancelled' && (
        <Button
          busy={order.busy}
          aria-label={`${t('retry')}: ${name}`}
          onClick={() => void order.run('retry')}
        >
          {t('retry')}
        </Button>
      )}
      {isUnderWay(status) && (
        <Button
          kind="danger"
          busy={order.busy}
          aria-label={`${t('cancel')}: ${name}`}
          onClick={() => void cancel()}
        >
          {t('cancel')}
        </Button>
      )}
    </>
  );
}

async function steer({ jobId }: Job, what: 'pause' | 'resume' | 'cancel' | 'retry'): Promise<Job> {
  const path = `${DEVICES}/jobs/${encodeURIComponent(jobId)}/${what}`;
  if (what !== 'retry') return api.post<Job>(path);
  const { retried, job } = await api.post<RetriedJob>(path);
  toast(t.count('retried', retried));
  return job;
}
