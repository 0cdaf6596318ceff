import type { Page as ListPage } from '../../api/device-types.ts';
import { AUTH } from '../../api/paths.ts';
import type { AuditEntry } from '../../api/people-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { replaceQuery } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { useResource } from '../../lib/use-resource.ts';
import { AuditFilter } from './audit-filter.tsx';
import { t } from './texts.ts';

type Query = Readonly<Record<string, string>>;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Who changed what and when, page by page. */
export function AuditTab({ query }: { query: Query }) {
  const { actor = '', action = '', from = '', to = '' } = query;
  const pages = useCursor();
  const list = useResource(
    (signal) =>
      api.get<ListPage<AuditEntry>>(`${AUTH}/audit`, {
        query: {
          actor,
          action,
          from: startOf(from, 0),
          // The server leaves the end out; people mean the whole day.
          to: startOf(to, DAY_MS),
          cursor: pages.cursor,
          pageSize: 50,
        },
        signal,
      }),
    [actor, action, from, to, pages.cursor],
  );
  const filter = (change: Query) => {
    pages.reset();
    replaceQuery({ ...query, ...change });
  };
  return (
    <>
      <p class="muted">{t('auditText')}</p>
      <AuditFilter query={query} onFilter={filter} />
      <ResourceView of={list}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState title={t('noAudit')} />
          ) : (
            <>
              <DataTable
                caption={t('tab.audit')}
                columns={columns((next) => filter({ action: next }))}
                rows={items}
                keyOf={({ auditId }) => auditId}
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
    </>
  );
}

function columns(onAction: (action: string) => void): readonly Column<AuditEntry>[] {
  return [
    { id: 'at', title: t('at'), cell: ({ at }) => <TimeAgo at={at} /> },
    { id: 'actor', title: t('actor'), cell: (entry) => <Actor actor={entry.actor} /> },
    {
      id: 'action',
      title: t('action'),
      cell: ({ action }) => (
        <Button
          kind="quiet"
          class="people-action mono small"
          aria-label={t('onlyAction', { action })}
          onClick={() => onAction(action)}
        >
          {action}
        </Button>
      ),
    },
    {
      id: 'target',
      title: t('target'),
      cell: ({ target }) => <span class="mono small break">{target ?? '–'}</span>,
    },
    { id: 'outcome', title: t('outcome'), cell: ({ status }) => <Outcome status={status} /> },
    { id: 'details', title: t('details'), cell: (entry) => <Details entry={entry} /> },
  ];
}

function Actor({ actor: { kind, name } }: Pick<AuditEntry, 'actor'>) {
  return (
    <>
      <span class="break">{name ?? t(`actorKind.${kind}`)}</span>
      {name !== null && <span class="people-email muted small">{t(`actorKind.${kind}`)}</span>}
    </>
  );
}

function Outcome({ status }: { status: number }) {
  if (status < 400) return <StatusPill tone="ok">{t('done')}</StatusPill>;
  const isOurs = status >= 500;
  return (
    <StatusPill tone={isOurs ? 'danger' : 'warn'}>{t(isOurs ? 'failed' : 'refused', { status })}</StatusPill>
  );
}

function Details({ entry: { ip, requestId, details } }: { entry: AuditEntry }) {
  return (
    <details class="small">
      <summary class="people-details">{t('details')}</summary>
      <p class="break">
        {t('ip')} <code>{ip}</code> · {t('requestId')} <code>{requestId}</code>
      </p>
      {details !== null && <pre class="people-json">{JSON.stringify(details, null, 1)}</pre>}
    </details>
  );
}

/** The beginning of a day in the browser's zone and so much later; '' of no day. In ms. */
function startOf(day: string, laterMs: number): string {
  const at = new Date(`${day}T00:00:00`).getTime();
  return Number.isNaN(at) ? '' : new Date(at + laterMs).toISOString();
}
