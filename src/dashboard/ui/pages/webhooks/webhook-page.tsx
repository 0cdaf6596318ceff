import { DEVICES } from '../../api/paths.ts';
import type { Webhook } from '../../api/webhook-types.ts';
import { LinkButton } from '../../components/button.tsx';
import { Card, Facts } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { Deliveries } from './deliveries.tsx';
import { t } from './texts.ts';
import { WebhookActions } from './webhook-actions.tsx';
import { devicesText, EventBadges, WebhookPill, WebhookTrouble } from './webhook-state.tsx';
import { WebhookTester } from './webhook-tester.tsx';
import './webhooks.css';

/** One webhook: how it is, what can be done, and what became of every event. */
export function WebhookPage({ params: { webhookId = '' }, query: { status = '' } }: PageProps) {
  const path = `${DEVICES}/webhooks/${encodeURIComponent(webhookId)}`;
  const webhook = useResource((signal) => api.get<Webhook>(path, { signal }), [path]);
  usePolling(15_000, webhook.reload);
  const back = <LinkButton href={href('/webhooks')}>{t('back')}</LinkButton>;
  return (
    <Page title={t('title')} actions={back}>
      <ResourceView of={webhook}>
        {(found) => (
          <>
            <About webhook={found} onWebhook={(next) => webhook.update(() => next)} />
            <Deliveries path={path} status={status} />
          </>
        )}
      </ResourceView>
    </Page>
  );
}

function About({ webhook, onWebhook }: { webhook: Webhook; onWebhook(next: Webhook): void }) {
  const { url, events, deviceIds, status, disabledAt, previousSecretUntil, createdAt } = webhook;
  return (
    <Card title={<span class="break">{url}</span>} actions={<WebhookPill webhook={webhook} />}>
      <WebhookTrouble webhook={webhook} />
      <Facts
        items={[
          [t('events'), <EventBadges key="events" events={events} />],
          [t('devices'), devicesText(deviceIds)],
          [t('createdAt'), <TimeAgo key="made" at={createdAt} />],
          ...(status === 'disabled' && disabledAt !== null
            ? [[t('disabledAt'), <TimeAgo key="off" at={disabledAt} />] as const]
            : []),
          ...(previousSecretUntil === null
            ? []
            : [[t('oldSecretUntil'), <TimeAgo key="old" at={previousSecretUntil} />] as const]),
        ]}
      />
      <div class="row">
        <WebhookActions webhook={webhook} onWebhook={onWebhook} />
      </div>
      <WebhookTester webhook={webhook} />
    </Card>
  );
}
