import type { Chatbot, ChatbotTrial, IssuedChatbot } from '../../api/device-detail-types.ts';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { FormError } from '../../components/error-state.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { formatNumber } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { type BotHandlers, CHATBOTS } from './chatbots.ts';
import { t } from './texts.ts';

/** A program may take fifteen seconds. */
const TRIAL_PATIENCE_MS = 60_000;

/** On and off, a trial, a new secret, and away with it. */
export function ChatbotButtons({ bot, phone, take, issued }: BotHandlers & { bot: Chatbot }) {
  const path = `${CHATBOTS}/${bot.id}`;
  const isOn = bot.status === 'aktif';
  const turn = useAction(async () => {
    take(await api.put<Chatbot>(`${path}/status`, { status: isOn ? 'nonaktif' : 'aktif' }));
  });
  const test = useAction(async () => {
    tell(await api.post<ChatbotTrial>(`${path}/test`, undefined, { timeoutMs: TRIAL_PATIENCE_MS }));
  });
  const renew = useAction(async () => {
    const question = { title: t('botSecretAsk'), text: t('botSecretAskText'), confirm: t('botSecret') };
    if (await confirmed({ ...question, danger: true }))
      issued(await api.post<IssuedChatbot>(`${path}/secret`));
  });
  const remove = useAction(async () => {
    const title = t('botRemoveTitle', { phone: `+${phone}` });
    if (!(await confirmed({ title, text: t('botRemoveText'), confirm: t('botRemove'), danger: true })))
      return;
    await api.delete(path);
    take(null);
  });
  return (
    <>
      <FormError error={turn.error ?? test.error ?? renew.error ?? remove.error} />
      <div class="row">
        <Button busy={turn.busy} onClick={() => void turn.run()}>
          {t(isOn ? 'botOff' : 'botOn')}
        </Button>
        <Button busy={test.busy} disabled={bot.endpoint_url === null} onClick={() => void test.run()}>
          {t('botTest')}
        </Button>
        <Button busy={renew.busy} onClick={() => void renew.run()}>
          {t('botSecret')}
        </Button>
        <Button kind="danger" busy={remove.busy} onClick={() => void remove.run()}>
          {t('botRemove')}
        </Button>
      </div>
    </>
  );
}

function tell({ ok, status, reason, replies, took_ms }: ChatbotTrial) {
  if (ok) toast(t('botTestOk', { ms: formatNumber(took_ms), count: formatNumber(replies.length) }));
  else {
    const why = t.maybe(`turnReason.${reason}`, reason ?? '–');
    toastError(new Error(t('botTestBad', { status: status ?? '–', reason: why })));
  }
}
