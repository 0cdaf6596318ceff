import { useState } from 'preact/hooks';
import { SANDBOX } from '../../api/paths.ts';
import type { SandboxPhone } from '../../api/sandbox-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

/** The phone answers what it receives, so that a conversation needs one person less. */
export function AutoReplyCard({ phone, onChanged }: { phone: SandboxPhone; onChanged(): void }) {
  const { phoneNumber, autoReply } = phone;
  const [text, setText] = useState(autoReply?.text ?? 'OK: {text}');
  const [match, setMatch] = useState(autoReply?.match ?? '');
  const path = `${SANDBOX}/phones/${phoneNumber}/auto-reply`;
  const set = useAction(async () => {
    await api.put(path, { text, match: match === '' ? null : match });
    toast(t('autoReplyOn'));
    onChanged();
  });
  const off = useAction(async () => {
    await api.delete(path);
    toast(t('autoReplyOff'));
    onChanged();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void set.run();
  };
  const wrong = (field: string) => set.error?.fieldMessage(field);
  return (
    <Card title={t('autoReply')} actions={autoReply && <StatusPill tone="ok">{t('isOn')}</StatusPill>}>
      <form class="form" onSubmit={submit}>
        <FormError error={set.error ?? off.error} />
        <TextField
          label={t('autoReplyText')}
          hint={t('autoReplyTextHint')}
          required
          maxLength={4096}
          value={text}
          onValue={setText}
          error={wrong('text')}
        />
        <TextField
          label={t('autoReplyMatch')}
          hint={t('autoReplyMatchHint')}
          maxLength={1000}
          value={match}
          onValue={setMatch}
          error={wrong('match')}
        />
        <div class="form-actions">
          {autoReply && (
            <Button busy={off.busy} onClick={() => void off.run()}>
              {t('turnOff')}
            </Button>
          )}
          <Button type="submit" busy={set.busy}>
            {autoReply ? c('save') : t('turnOn')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
