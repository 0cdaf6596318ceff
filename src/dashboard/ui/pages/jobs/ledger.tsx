import { useEffect, useRef } from 'preact/hooks';
import type { Page as ListPage } from '../../api/device-types.ts';
import type { Job, JobItem } from '../../api/job-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Select } from '../../components/select.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { withQuery } from '../../lib/api-client.ts';
import { browserClock } from '../../lib/clock.ts';
import { formatNumber } from '../../lib/format.ts';
import { place, replaceQuery } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { useResource } from '../../lib/use-resource.ts';
import { MessageStatus, messageStatusText, sendErrorText } from '../send/message-status.tsx';
import { recipientName } from '../send/recipient-name.ts';
import { t } from './texts.ts';

const STATUSES = [
  'queued',
  'sending',
  'server_ack',
  'delivered',
  'read',
  'played',
  'failed',
  'held',
  'cancelled',
  'expired',
] as const;

/** While the job goes on, the page of the ledger is asked for again after this, in ms. */
const FRESH_MS = 2_000;

/** Every item with what became of it, a page at a time; all of it as a file. */
export function Ledger({ job, status }: { job: Job; status: string }) {
  const pages = useCursor();
  const path = `${DEVICES}/jobs/${encodeURIComponent(job.jobId)}/items`;
  const list = useResource(
    (signal) =>
      api.get<ListPage<JobItem>>(path, { query: { status, cursor: pages.cursor, pageSize: 50 }, signal }),
    [path, status, pages.cursor],
  );
  useFresh(JSON.stringify([job.status, job.counts]), list.reload);
  const filter = (value: string) => {
    pages.reset();
    replaceQuery({ ...place.peek().query, status: value });
  };
  const statuses = STATUSES.map((value) => ({
    value,
    label: `${messageStatusText(value)} (${formatNumber(job.counts[value] ?? 0)})`,
  }));
  return (
    <Card
      title={t('ledger')}
      actions={
        <a class="button button-plain" href={withQuery(path, { format: 'csv', status })} download>
          {t('csv')}
        </a>
      }
    >
      <div class="jobs-filter">
        <Select
          label={t('itemStatus')}
          options={[{ value: '', label: t('allItems') }, ...statuses]}
          value={status}
          onValue={filter}
        />
      </div>
      <ResourceView of={list}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <p class="muted">{t('noItems')}</p>
          ) : (
            <>
              <DataTable
                caption={t('ledger')}
                columns={columns(job.deviceId)}
                rows={items}
                keyOf={({ index }) => String(index)}
              />
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
    </Card>
  );
}

/** Loads again some time after what is known of the job has changed; many changes are one. */
function useFresh(known: string, reload: () => void) {
  const seen = useRef(known);
  const waiting = useRef<(() => void) | null>(null);
  useEffect(() => {
    if (seen.current === known) return;
    seen.current = known;
    waiting.current ??= browserClock.after(FRESH_MS, () => {
      waiting.current = null;
      reload();
    });
  }, [known, reload]);
  useEffect(() => () => waiting.current?.(), []);
}

function columns(deviceId: string): Column<JobItem>[] {
  return [
    { id: 'to', title: t('recipient'), cell: ({ to }) => recipientName(deviceId, to) },
    { id: 'index', title: t('row'), align: 'end', cell: ({ index }) => formatNumber(index + 1) },
    { id: 'status', title: t('status'), cell: ({ status }) => <MessageStatus status={status} /> },
    {
      id: 'when',
      title: t('lastChange'),
      cell: ({ sentAt, deliveredAt, readAt }) => {
        const at = readAt ?? deliveredAt ?? sentAt;
        return at === null ? '–' : <TimeAgo at={at} />;
      },
    },
    { id: 'attempts', title: t('attempts'), align: 'end', cell: ({ attempts }) => formatNumber(attempts) },
    {
      id: 'error',
      title: t('error'),
      cell: ({ error }) => (error === null ? '–' : <span class="break">{sendErrorText(error)}</span>),
    },
  ];
}
