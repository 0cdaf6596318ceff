import { DEVICES } from '../../api/paths.ts';
import type { SystemView } from '../../api/system-types.ts';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { useLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { AboutCard, ChecksCard, MemoryCard } from './process-cards.tsx';
import { CountsCard, DevicesCard, QueueCard } from './queue-cards.tsx';
import { t } from './texts.ts';
import { WarningsCard } from './warnings-card.tsx';
import './system.css';

/** How the installation is: what it needs, what waits, what is wrong. */
export function SystemPage(_: PageProps) {
  const system = useResource((signal) => api.get<SystemView>(`${DEVICES}/system`, { signal }));
  usePolling(5_000, system.reload);
  useLive({ types: [] }, system.reload);
  return (
    <Page title={t('title')}>
      <ResourceView of={system}>{(view) => <Cards view={view} />}</ResourceView>
    </Page>
  );
}

function Cards({ view }: { view: SystemView }) {
  const { checks, warnings, devices, outbox, jobs, details } = view;
  return (
    <div class="stack">
      <ChecksCard checks={checks} />
      <WarningsCard warnings={warnings} configuration={details?.configurationWarnings ?? []} />
      <div class="system-cards">
        <QueueCard outbox={outbox} />
        {devices && <DevicesCard byStatus={devices.byStatus} />}
        {jobs && <CountsCard title={t('jobs')} area="job" counts={jobs} empty={t('noJobs')} />}
        {details?.webhooks && <CountsCard title={t('webhooks')} area="webhook" counts={details.webhooks} />}
        <AboutCard view={view} />
        {details && <MemoryCard details={details} />}
      </div>
    </div>
  );
}
