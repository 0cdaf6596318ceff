import type { Page as ListPage } from '../../api/device-types.ts';
import { DEVICES } from '../../api/paths.ts';
import type { Delivery, DeliveryAttempt, DeliveryStatus, Redelivered } from '../../api/webhook-types.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Select } from '../../components/select.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { browserClock } from '../../lib/clock.ts';
import { formatNumber } from '../../lib/format.ts';
import { place, replaceQuery } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import { t } from './texts.ts';

const STATUSES = ['pending', 'sending', 'delivered', 'failed'] as const;
const TONES: Readonly<Record<DeliveryStatus, Tone>> = {
  pending: 'info',
  sending: 'info',
  delivered: 'ok',
  failed: 'danger',
};
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** What became of the events of a webhook, newest first, each with its attempts. `path` is that of the webhook. */
export function Deliveries({ path, status }: { path: string; status: string }) {
  const pages = useCursor();
  const list = useResource(
    (signal) =>
      api.get<ListPage<Delivery>>(`${path}/deliveries`, {
        query: { status, cursor: pages.cursor, pageSize: 25 },
        signal,
      }),
    [path, status, pages.cursor],
  );
  usePolling(5_000, list.reload);
  const choose = (next: string) => {
    pages.reset();
    replaceQuery({ ...place.peek().query, status: next });
  };
  const options = [
    { value: '', label: t('allStates') },
    ...STATUSES.map((each) => ({ value: each, label: t(`status.${each}`) })),
  ];
  return (
    <Card title={t('deliveries')} actions={<RedeliverFailed path={path} onDone={list.reload} />}>
      <div class="webhooks-filter">
        <Select label={t('status')} options={options} value={status} onValue={choose} />
      </div>
      <ResourceView of={list}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState title={t(status === '' ? 'noDeliveries' : 'noneOfState')}>
              {status === '' && t('noDeliveriesText')}
            </EmptyState>
          ) : (
            <>
              <ul class="stack-s" aria-label={t('deliveries')}>
                {items.map((delivery) => (
                  <DeliveryRow key={delivery.deliveryId} delivery={delivery} onDone={list.reload} />
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
    </Card>
  );
}

function RedeliverFailed({ path, onDone }: { path: string; onDone(): void }) {
  const { busy, run, error } = useAction(async () => {
    const question = { title: t('redeliverTitle'), text: t('redeliverText'), confirm: t('redeliver') };
    if (!(await confirmed(question))) return;
    const since = new Date(browserClock.now() - WEEK_MS).toISOString();
    let count = 0;
    let more = true;
    while (more) {
      const done = await api.post<Redelivered>(`${path}/redeliver-failed`, { since });
      count += done.count;
      more = done.more && done.count > 0;
    }
    toast(t.count('redelivered', count));
    onDone();
  });
  return (
    <>
      <FormError error={error} />
      <Button busy={busy} onClick={() => void run()}>
        {t('redeliverFailed')}
      </Button>
    </>
  );
}

function DeliveryRow({ delivery, onDone }: { delivery: Delivery; onDone(): void }) {
  const { deliveryId, eventType, eventId, deviceId, status, attempts, nextAttemptAt, createdAt } = delivery;
  const again = useAction(async () => {
    try {
      await api.post(`${DEVICES}/deliveries/${deliveryId}/redeliver`);
      toast(t('redelivering'));
    } catch (error) {
      toastError(error);
    }
    onDone();
  });
  const name = t.maybe(`event.${eventType}`, eventType);
  return (
    <li class="webhooks-delivery">
      <details>
        <summary>
          <span class="webhooks-summary">
            <StatusPill tone={TONES[status]}>{t(`status.${status}`)}</StatusPill>
            <strong>{name}</strong>
            <span class="muted small break">
              {deviceId !== null && `${deviceId} · `}
              <TimeAgo at={createdAt} /> · {lastOf(delivery)}
            </span>
          </span>
        </summary>
        <div class="stack-s webhooks-attempts">
          <p class="small muted break">
            {t('eventId')} <code>{eventId}</code>
            {status === 'pending' && nextAttemptAt !== null && (
              <>
                {' · '}
                {t('nextAttempt')} <TimeAgo at={nextAttemptAt} />
              </>
            )}
          </p>
          {attempts.length === 0 && <p class="muted">{t('noAttempt')}</p>}
          <ol class="stack-s">
            {attempts.map((attempt) => (
              <Attempt key={attempt.number} attempt={attempt} />
            ))}
          </ol>
          {(status === 'failed' || status === 'delivered') && (
            <div>
              <Button
                busy={again.busy}
                aria-label={`${t('redeliver')}: ${name} ${eventId}`}
                onClick={() => void again.run()}
              >
                {t('redeliver')}
              </Button>
            </div>
          )}
        </div>
      </details>
    </li>
  );
}

function Attempt({ attempt }: { attempt: DeliveryAttempt }) {
  const { number, startedAt, durationMs, statusCode, error, response } = attempt;
  return (
    <li class="webhooks-attempt">
      <p>
        {t('attempt', { number })} · <TimeAgo at={startedAt} /> ·{' '}
        {formatNumber(durationMs, { style: 'unit', unit: 'millisecond' })}
      </p>
      <p class="break">
        {[statusCode === null ? null : t('answered', { status: statusCode }), whyOf(error)]
          .filter(Boolean)
          .join(': ')}
      </p>
      {response && (
        <>
          <p class="small muted">{t('response')}</p>
          <pre class="webhooks-response">{response}</pre>
        </>
      )}
    </li>
  );
}

/** What the last attempt brought, beside how many there were. */
function lastOf({ attemptCount, lastStatusCode, lastError }: Delivery): string {
  const answer = lastStatusCode === null ? whyOf(lastError) : t('answered', { status: lastStatusCode });
  return [t.count('attempts', attemptCount), answer].filter(Boolean).join(' · ');
}

function whyOf(error: string | null): string | null {
  return error === null ? null : t.maybe(`why.${error}`, error);
}
