import type { DeviceDetails, LoggedEvent, LogPage } from '../../api/device-detail-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { CauseText, DeviceStatusPill } from '../../components/device-state.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { useLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { useResource } from '../../lib/use-resource.ts';
import { changesOf } from './state-log.ts';
import { t } from './texts.ts';

/** What happened to the device in the last days, the newest first. */
export function LogTab({ device: { deviceId } }: { device: DeviceDetails }) {
  const { cursor, hasPrevious, next, previous } = useCursor();
  const page = useResource(
    (signal) =>
      api.get<LogPage>(`${DEVICES}/events/log`, {
        query: { deviceId, type: 'status,authenticated', order: 'desc', limit: 100, after: cursor },
        signal,
      }),
    [deviceId, cursor],
  );
  useLive({ types: ['status', 'authenticated'], deviceId }, () => {
    if (!hasPrevious) page.reload();
  });
  return (
    <ResourceView of={page}>
      {({ items, nextCursor }) =>
        items.length === 0 && !hasPrevious ? (
          <EmptyState icon="clock" title={t('logNone')}>
            {t('logNoneText')}
          </EmptyState>
        ) : (
          <>
            <Changes events={items} />
            {(hasPrevious || nextCursor !== null) && (
              <nav class="row" aria-label={t('logTitle')}>
                <Button disabled={!hasPrevious} onClick={previous}>
                  {t('newer')}
                </Button>
                <Button
                  disabled={nextCursor === null}
                  onClick={() => nextCursor !== null && next(nextCursor)}
                >
                  {t('older')}
                </Button>
              </nav>
            )}
          </>
        )
      }
    </ResourceView>
  );
}

function Changes({ events }: { events: readonly LoggedEvent[] }) {
  return (
    <DataTable
      caption={t('logTitle')}
      rows={changesOf(events)}
      keyOf={({ id }) => id}
      columns={[
        {
          id: 'at',
          title: t('logAt'),
          cell: ({ at }) => (
            <>
              {formatDateTime(at)}{' '}
              <span class="muted small">
                (<TimeAgo at={at} />)
              </span>
            </>
          ),
        },
        {
          id: 'state',
          title: t('logState'),
          cell: ({ status }) => (status ? <DeviceStatusPill status={status} /> : t('logLinked')),
        },
        {
          id: 'why',
          title: t('logWhy'), // When it would try again was news then.
          cell: ({ cause }) => (cause ? <CauseText cause={{ ...cause, retryAt: null }} /> : '–'),
        },
      ]}
    />
  );
}
