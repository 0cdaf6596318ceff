import { Badge } from '../../components/badge.tsx';
import { Card } from '../../components/card.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { MessageStatus, sendErrorText } from './message-status.tsx';
import { recipientName } from './recipient-name.ts';
import type { SentEntry } from './sent-messages.ts';
import { sent } from './sent-store.ts';
import { t } from './texts.ts';

/** What was sent from here, each with how far it has come, live. */
export function SentList() {
  const { entries } = sent.value;
  return (
    <Card title={t('sentTitle')}>
      {entries.length === 0 ? (
        <p class="muted">{t('sentEmpty')}</p>
      ) : (
        <ul class="send-sent" aria-label={t('sentTitle')}>
          {entries.map((entry) => (
            <li key={entry.messageId}>
              <Entry entry={entry} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Entry({ entry }: { entry: SentEntry }) {
  const { deviceId, to, kind, text, status, at, error, reason, retryAt } = entry;
  return (
    <>
      <div class="row-between">
        <strong class="break">{recipientName(deviceId, to)}</strong>
        {/* Read aloud when it moves on. */}
        <span role="status">
          <MessageStatus status={status} />
        </span>
      </div>
      <p class="break send-words">
        {kind !== 'text' && <Badge>{t.maybe(`kind.${kind}`, kind)}</Badge>} {text}
      </p>
      <p class="muted small">
        {t('by', { device: deviceId })} · <TimeAgo at={at} />
      </p>
      {status === 'queued' && (
        <p class="small send-waits">
          {t.maybe(
            `reason.${(reason ?? 'offline').toLowerCase()}`,
            t('reasonOther', { reason: reason ?? '' }),
          )}
          {retryAt && ` ${t('notBefore', { time: formatDateTime(retryAt) })}`}
        </p>
      )}
      {error !== null && <p class="small field-error">{sendErrorText(error)}</p>}
    </>
  );
}
