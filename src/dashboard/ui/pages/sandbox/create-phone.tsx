import { useState } from 'preact/hooks';
import { SANDBOX } from '../../api/paths.ts';
import type { SandboxPhone } from '../../api/sandbox-types.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

interface CreatePhoneProps {
  /** Numbers that phones have. */
  taken: readonly string[];
  onClose(): void;
  onMade(phone: SandboxPhone): void;
}

export function CreatePhone({ taken, onClose, onMade }: CreatePhoneProps) {
  const [phoneNumber, setPhoneNumber] = useState(() => freeNumber(taken));
  const [pushName, setPushName] = useState('');
  const [business, setBusiness] = useState(false);
  const { busy, error, run } = useAction(async () => {
    const name = pushName.trim();
    const body = { phoneNumber, ...(name !== '' && { pushName: name }), ...(business && { business }) };
    onMade(await api.post<SandboxPhone>(`${SANDBOX}/phones`, body));
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={t('addPhone')} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <FormError error={error} />
        <TextField
          label={t('phoneNumber')}
          hint={t('phoneNumberHint')}
          type="tel"
          required
          maxLength={40}
          autocomplete="off"
          value={phoneNumber}
          onValue={setPhoneNumber}
          error={error?.fieldMessage('phoneNumber')}
        />
        <TextField
          label={t('pushName')}
          hint={t('pushNameHint')}
          maxLength={100}
          autocomplete="off"
          value={pushName}
          onValue={setPushName}
          error={error?.fieldMessage('pushName')}
        />
        <Checkbox checked={business} onChecked={setBusiness}>
          {t('business')}
        </Checkbox>
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy}>
            {t('create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The first of a row of made-up numbers that no phone has. */
export function freeNumber(taken: readonly string[]): string {
  let last = 6281200000001;
  while (taken.includes(String(last))) last += 1;
  return String(last);
}
