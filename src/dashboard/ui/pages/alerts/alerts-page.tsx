import { ALERT_STATUSES, type AlertPage } from '../../api/alert-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Select } from '../../components/select.tsx';
import { useLive } from '../../lib/live.ts';
import { replaceQuery } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { AlertRow } from './alert-row.tsx';
import { t } from './texts.ts';
import './alerts.css';

/** Every alert, the newest first: who has seen it, and acknowledging it. */
export function AlertsPage({ query: { status = '' } }: PageProps) {
  const pages = useCursor();
  const list = useResource(
    (signal) =>
      api.get<AlertPage>(`${DEVICES}/alerts`, {
        query: { status, cursor: pages.cursor, pageSize: 20 },
        signal,
      }),
    [status, pages.cursor],
  );
  usePolling(5_000, list.reload);
  useLive({ types: [] }, list.reload);
  const choose = (next: string) => {
    pages.reset();
    replaceQuery({ status: next });
  };
  const options = [
    { value: '', label: t('allStates') },
    ...ALERT_STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
  ];
  return (
    <Page title={t('title')}>
      <div class="alerts-filter">
        <Select label={t('status')} options={options} value={status} onValue={choose} />
      </div>
      <ResourceView of={list}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState icon="alert" title={t(status === '' ? 'emptyTitle' : 'noneOfState')}>
              {status === '' && t('emptyText')}
            </EmptyState>
          ) : (
            <>
              <ul class="stack-s" aria-label={t('title')}>
                {items.map((alert) => (
                  <AlertRow key={alert.alertId} alert={alert} onChanged={list.reload} />
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
