import { WEBHOOK_EVENTS, type Webhook, type WebhookEvent } from '../../api/webhook-types.ts';
import { Badge, StatusPill } from '../../components/badge.tsx';
import { browserClock } from '../../lib/clock.ts';
import { formatAgo } from '../../lib/format.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

export function WebhookPill({ webhook: { status, failingSince } }: { webhook: Webhook }) {
  if (status === 'disabled') return <StatusPill tone="neutral">{t('disabled')}</StatusPill>;
  if (failingSince !== null) return <StatusPill tone="warn">{t('failing')}</StatusPill>;
  return <StatusPill tone="ok">{t('enabled')}</StatusPill>;
}

/** Why it is disabled, or since when nothing was taken; nothing while all is well. */
export function WebhookTrouble({ webhook: { status, disabledReason, failingSince } }: { webhook: Webhook }) {
  if (status === 'disabled') return disabledReason && <p>{t(`reason.${disabledReason}`)}</p>;
  if (failingSince === null) return null;
  return <p>{t('failingSince', { time: formatAgo(failingSince, browserClock.now()) })}</p>;
}

export function EventBadges({ events }: { events: readonly WebhookEvent[] }) {
  return (
    <span class="row">
      {WEBHOOK_EVENTS.filter((event) => events.includes(event)).map((event) => (
        <Badge key={event}>{t(`event.${event}`)}</Badge>
      ))}
    </span>
  );
}

/** Which devices it tells of, in a few words. */
export function devicesText(deviceIds: readonly string[] | null): string {
  return deviceIds === null ? c('allDevices') : deviceIds.join(', ');
}
