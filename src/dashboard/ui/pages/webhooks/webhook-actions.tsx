import { useState } from 'preact/hooks';
import { DEVICES } from '../../api/paths.ts';
import type { Webhook, WebhookWithSecret } from '../../api/webhook-types.ts';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { FormError } from '../../components/error-state.tsx';
import { toast } from '../../components/toast.tsx';
import { go } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { t } from './texts.ts';
import { WebhookForm } from './webhook-form.tsx';

interface WebhookActionsProps {
  webhook: Webhook;
  onWebhook(next: Webhook): void;
}

/** What changes a webhook; each asks first where something is lost. */
export function WebhookActions({ webhook, onWebhook }: WebhookActionsProps) {
  const [editing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { toggle, rotate, remove } = useChanges(webhook, onWebhook, setSecret);
  const isOn = webhook.status === 'enabled';
  return (
    <>
      <FormError error={toggle.error ?? rotate.error ?? remove.error} />
      <Button kind={isOn ? 'plain' : 'primary'} busy={toggle.busy} onClick={() => void toggle.run()}>
        {t(isOn ? 'disable' : 'enable')}
      </Button>
      <Button onClick={() => setEditing(true)}>{t('edit')}</Button>
      <Button busy={rotate.busy} onClick={() => void rotate.run()}>
        {t('rotate')}
      </Button>
      <Button kind="danger" busy={remove.busy} onClick={() => void remove.run()}>
        {t('remove')}
      </Button>
      {editing && <WebhookForm webhook={webhook} onClose={() => setEditing(false)} onChanged={onWebhook} />}
      {secret !== null && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

function useChanges(
  webhook: Webhook,
  onWebhook: (next: Webhook) => void,
  onSecret: (secret: string) => void,
) {
  const path = `${DEVICES}/webhooks/${webhook.webhookId}`;
  const toggle = useAction(async () => {
    const isOn = webhook.status === 'enabled';
    const question = { title: t('disableTitle'), text: t('disableText'), confirm: t('disable') };
    if (isOn && !(await confirmed(question))) return;
    onWebhook(await api.put<Webhook>(path, { status: isOn ? 'disabled' : 'enabled' }));
    if (!isOn) toast(t('enabledAgain'));
  });
  const rotate = useAction(async () => {
    const question = { title: t('rotateTitle'), text: t('rotateText'), confirm: t('rotate') };
    if (!(await confirmed(question))) return;
    const { secret, ...next } = await api.post<WebhookWithSecret>(`${path}/rotate-secret`);
    onWebhook(next);
    onSecret(secret);
  });
  const remove = useAction(async () => {
    const question = { title: t('removeTitle'), text: t('removeText'), confirm: t('remove'), danger: true };
    if (!(await confirmed(question))) return;
    await api.delete(path);
    toast(t('removed'));
    go('/webhooks');
  });
  return { toggle, rotate, remove };
}
