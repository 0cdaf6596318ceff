import { useState } from 'preact/hooks';
import type { Chatbot, IssuedChatbot } from '../../api/device-detail-types.ts';
import type { Page } from '../../api/device-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { CopyField } from '../../components/copy-field.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { toast } from '../../components/toast.tsx';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import { c } from '../../texts/common.ts';
import { ChatbotButtons } from './chatbot-buttons.tsx';
import { ChatbotTurns } from './chatbot-turns.tsx';
import { type BotHandlers, CHATBOTS } from './chatbots.ts';
import { t } from './texts.ts';

/** The program that answers for this number: whether there is one, where it is asked, what came of it. */
export function ChatbotCard({ deviceId, phone }: { deviceId: string; phone: string }) {
  const [secret, setSecret] = useState<string | null>(null);
  const found = useResource(
    (signal) => api.get<Page<Chatbot>>(CHATBOTS, { query: { whatsapp_number: phone }, signal }),
    [phone],
  );
  const take = (bot: Chatbot | null) => found.update((page) => ({ ...page, items: bot ? [bot] : [] }));
  const issued = (bot: IssuedChatbot) => {
    take(bot);
    setSecret(bot.secret);
  };
  return (
    <Card title={t('botTitle')}>
      <p>{t('botText', { phone: `+${phone}` })}</p>
      <ResourceView of={found}>
        {({ items: [bot] }) => (
          <>
            <p>
              <StatusPill tone={bot?.status === 'aktif' ? 'ok' : 'neutral'}>
                {bot ? t(`bot.${bot.status}`) : t('botNone')}
              </StatusPill>
            </p>
            {may('webhook:manage') ? (
              <EndpointForm key={bot?.id} bot={bot} {...{ deviceId, phone, take, issued }} />
            ) : (
              bot && <p class="break mono">{bot.endpoint_url}</p>
            )}
            {bot && may('webhook:manage') && <ChatbotButtons bot={bot} {...{ phone, take, issued }} />}
            {bot && <ChatbotTurns key={bot.id} id={bot.id} />}
          </>
        )}
      </ResourceView>
      {secret !== null && (
        <Dialog title={t('botSecretTitle')} onClose={() => setSecret(null)}>
          <p>{t('botSecretText')}</p>
          <CopyField label={t('botSecretTitle')} value={secret} />
          <div class="form-actions">
            <Button onClick={() => setSecret(null)}>{c('close')}</Button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}

function EndpointForm({
  bot,
  deviceId,
  phone,
  take,
  issued,
}: BotHandlers & { bot: Chatbot | undefined; deviceId: string }) {
  const [url, setUrl] = useState(bot?.endpoint_url ?? '');
  const [groups, setGroups] = useState(bot?.answers_groups ?? false);
  const save = useAction(async () => {
    const change = { endpoint_url: url.trim(), answers_groups: groups };
    if (bot) {
      take(await api.put<Chatbot>(`${CHATBOTS}/${phone}/endpoint`, change));
      toast(t('saved'));
    } else {
      issued(
        await api.post<IssuedChatbot>(CHATBOTS, { sender_number: phone, session_id: deviceId, ...change }),
      );
    }
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void save.run();
  };
  return (
    <form class="form" onSubmit={submit}>
      <FormError error={save.error} />
      <TextField
        label={t('endpoint')}
        hint={t('endpointHint')}
        type="url"
        required
        maxLength={2000}
        placeholder="https://bot.example.com/whatsapp"
        autocomplete="off"
        value={url}
        onValue={setUrl}
        error={save.error?.fieldMessage('endpoint_url')}
      />
      <Checkbox checked={groups} onChecked={setGroups}>
        {t('botGroups')}
      </Checkbox>
      <div class="form-actions">
        <Button type="submit" kind="primary" busy={save.busy}>
          {t(bot ? 'botSave' : 'botCreate')}
        </Button>
      </div>
    </form>
  );
}
