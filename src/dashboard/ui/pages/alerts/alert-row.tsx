import { useState } from 'preact/hooks';
import type { Alert, AlertStatus, AlertWithMessages } from '../../api/alert-types.ts';
import { DEVICES } from '../../api/paths.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { formatNumber } from '../../lib/format.ts';
import { api, may, signedIn } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import { formatPhone } from '../send/format-phone.ts';
import { MessageStatus } from '../send/message-status.tsx';
import { t } from './texts.ts';

const TONES: Readonly<Record<AlertStatus, Tone>> = {
  waiting: 'warn',
  escalated: 'danger',
  acknowledged: 'ok',
  sent: 'info',
};

export function AlertRow({ alert, onChanged }: { alert: Alert; onChanged(): void }) {
  const { alertId, message, status, list, topic, createdAt, deviceId, repeats, progress } = alert;
  const [open, setOpen] = useState(false);
  const counts = Object.entries(progress).map(([name, count]) => [name, formatNumber(count)]);
  return (
    <li class="alerts-row">
      <div class="row-between">
        <StatusPill tone={TONES[status]}>{t(`status.${status}`)}</StatusPill>
        <span class="muted small">
          <TimeAgo at={createdAt} />
        </span>
      </div>
      <p class="alerts-message">{message}</p>
      <p class="muted small break">
        {[
          t('to', { list: list.name }),
          deviceId,
          topic === null ? null : t('byMqtt', { topic }),
          repeats > 0 ? t.count('repeats', repeats) : null,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <p class="small">{t('progress', Object.fromEntries(counts))}</p>
      <Escalation alert={alert} />
      <div class="row">
        <Acknowledge alert={alert} onChanged={onChanged} />
        <Button
          aria-expanded={open}
          aria-label={`${t('messages')}: ${message}`}
          onClick={() => setOpen(!open)}
        >
          {t('messages')}
        </Button>
      </div>
      {open && <Messages alertId={alertId} news={JSON.stringify(progress)} />}
    </li>
  );
}

function Escalation({ alert: { escalation, acknowledgedAt, acknowledgedBy } }: { alert: Alert }) {
  const { list, at, escalatedAt, problem } = escalation ?? {};
  const name = list?.name ?? '';
  return (
    <>
      {acknowledgedAt !== null && (
        <p class="small">
          {t('acknowledgedBy', { name: acknowledgedBy ?? '' })} · <TimeAgo at={acknowledgedAt} />
        </p>
      )}
      {escalatedAt && (
        <p class="small">
          {t('escalatedAt', { list: name })} · <TimeAgo at={escalatedAt} />
        </p>
      )}
      {at && !escalatedAt && acknowledgedAt === null && (
        <p class="small">
          {t('escalatesAt', { list: name })} · <TimeAgo at={at} />
        </p>
      )}
      {problem && <p class="small">{t('escalationProblem', { problem })}</p>}
    </>
  );
}

function Acknowledge({
  alert: { alertId, status, message },
  onChanged,
}: {
  alert: Alert;
  onChanged(): void;
}) {
  const { busy, run } = useAction(async () => {
    const question = { title: t('acknowledgeTitle'), text: t('acknowledgeText'), confirm: t('acknowledge') };
    if (!(await confirmed(question))) return;
    try {
      const by = signedIn.peek()?.user.name;
      await api.post(`${DEVICES}/alerts/${alertId}/acknowledge`, { by });
      toast(t('acknowledged'));
    } catch (error) {
      toastError(error);
    }
    onChanged();
  });
  if (!may('message:send') || (status !== 'waiting' && status !== 'escalated')) return null;
  return (
    <Button
      kind="primary"
      busy={busy}
      aria-label={`${t('acknowledge')}: ${message}`}
      onClick={() => void run()}
    >
      {t('acknowledge')}
    </Button>
  );
}

/** Loads again when the counts of the alert are others: `news`. */
function Messages({ alertId, news }: { alertId: string; news: string }) {
  const whole = useResource(
    (signal) => api.get<AlertWithMessages>(`${DEVICES}/alerts/${alertId}`, { signal }),
    [alertId, news],
  );
  return (
    <ResourceView of={whole}>
      {({ items }) => (
        <DataTable
          caption={t('messages')}
          columns={[
            { id: 'person', title: t('person'), cell: ({ name }) => <span class="break">{name}</span> },
            { id: 'number', title: t('number'), cell: ({ to }) => formatPhone(to) },
            { id: 'list', title: t('list'), cell: ({ stage }) => t(stage === 1 ? 'first' : 'second') },
            {
              id: 'status',
              title: t('status'),
              cell: ({ status }) => <MessageStatus status={status} />,
            },
          ]}
          rows={items}
          keyOf={({ messageId }) => messageId}
        />
      )}
    </ResourceView>
  );
}
