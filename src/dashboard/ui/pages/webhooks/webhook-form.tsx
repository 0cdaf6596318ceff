import { useState } from 'preact/hooks';
import { DEVICES } from '../../api/paths.ts';
import {
  WEBHOOK_EVENTS,
  type Webhook,
  type WebhookEvent,
  type WebhookWithSecret,
} from '../../api/webhook-types.ts';
import { Button } from '../../components/button.tsx';
import { CheckGroup } from '../../components/check-group.tsx';
import { DeviceChoice } from '../../components/device-choice.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { toldBy } from '../../lib/told-error.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

interface WebhookFormProps {
  /** The one to change; null makes one. */
  webhook: Webhook | null;
  onClose(): void;
  onMade?(webhook: WebhookWithSecret): void;
  onChanged?(webhook: Webhook): void;
}

export function WebhookForm({ webhook, onClose, onMade, onChanged }: WebhookFormProps) {
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhook?.events ?? ['*']);
  const [deviceIds, setDeviceIds] = useState<readonly string[] | null>(webhook?.deviceIds ?? null);
  const [incomplete, setIncomplete] = useState(false);
  const { busy, error, run } = useAction(async () => {
    const body = { url: url.trim(), events, deviceIds };
    if (webhook) {
      onChanged?.(await api.put<Webhook>(`${DEVICES}/webhooks/${webhook.webhookId}`, body));
      toast(t('saved'));
    } else onMade?.(await api.post<WebhookWithSecret>(`${DEVICES}/webhooks`, body));
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const lacks = events.length === 0 || deviceIds?.length === 0;
    setIncomplete(lacks);
    if (!lacks) void run();
  };
  const lack = (list: readonly string[] | null) =>
    incomplete && list?.length === 0 ? c('chooseSome') : undefined;
  return (
    <Dialog title={t(webhook ? 'editTitle' : 'create')} onClose={onClose} wide>
      <form class="form" onSubmit={submit}>
        <FormError error={toldBy(t, error)} />
        <TextField
          label={t('url')}
          hint={t('urlHint')}
          type="url"
          required
          maxLength={2000}
          autocomplete="off"
          value={url}
          onValue={setUrl}
          error={error?.fieldMessage('url')}
        />
        <CheckGroup
          label={t('events')}
          hint={t('eventsHint')}
          options={eventOptions(events)}
          values={events}
          onValues={(next) => setEvents(next.includes('*') ? ['*'] : next)}
          error={lack(events) ?? error?.fieldMessage('events')}
        />
        <DeviceChoice
          label={t('devices')}
          value={deviceIds}
          onValue={setDeviceIds}
          error={lack(deviceIds) ?? error?.fieldMessage('deviceIds')}
        />
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy}>
            {webhook ? c('save') : t('create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** "Everything" leaves nothing else to choose. */
function eventOptions(events: readonly WebhookEvent[]) {
  const offered = WEBHOOK_EVENTS.filter((event) => event === '*' || !events.includes('*'));
  return offered.map((event) => ({
    value: event,
    label: t(`event.${event}`),
    hint: event === '*' ? t('hint.*') : event,
  }));
}
