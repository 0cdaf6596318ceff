import { useState } from 'preact/hooks';
import { DEVICES } from '../../api/paths.ts';
import type { Whole } from '../../api/people-types.ts';
import type { Webhook, WebhookWithSecret } from '../../api/webhook-types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { t } from './texts.ts';
import { WebhookForm } from './webhook-form.tsx';
import { devicesText, EventBadges, WebhookPill, WebhookTrouble } from './webhook-state.tsx';
import './webhooks.css';

/** Every webhook with its state; making one shows its secret, once. */
export function WebhooksPage(_: PageProps) {
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<WebhookWithSecret | null>(null);
  const list = useResource((signal) => api.get<Whole<Webhook>>(`${DEVICES}/webhooks`, { signal }));
  usePolling(15_000, list.reload);
  const add = (
    <Button kind="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  );
  return (
    <Page title={t('title')} actions={add}>
      <ResourceView of={list}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="link" title={t('emptyTitle')}>
              {t('emptyText')}
            </EmptyState>
          ) : (
            <ul class="stack-s" aria-label={t('title')}>
              {items.map((webhook) => (
                <WebhookRow key={webhook.webhookId} webhook={webhook} />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {adding && (
        <WebhookForm
          webhook={null}
          onClose={() => setAdding(false)}
          onMade={(webhook) => {
            setMade(webhook);
            list.reload();
          }}
        />
      )}
      {made && <SecretDialog secret={made.secret} onClose={() => setMade(null)} />}
    </Page>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { webhookId, url, events, deviceIds } = webhook;
  return (
    <li class="webhooks-row">
      <div class="stack-s">
        <a class="webhooks-url break" href={href(`/webhooks/${webhookId}`)}>
          {url}
        </a>
        <EventBadges events={events} />
        <p class="muted small break">
          {t('devices')}: {devicesText(deviceIds)}
        </p>
      </div>
      <div class="stack-s small">
        <div>
          <WebhookPill webhook={webhook} />
        </div>
        <WebhookTrouble webhook={webhook} />
      </div>
      <div>
        <LinkButton href={href(`/webhooks/${webhookId}`)} label={`${t('open')}: ${url}`}>
          {t('open')}
        </LinkButton>
      </div>
    </li>
  );
}
