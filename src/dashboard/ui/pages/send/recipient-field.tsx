import { useState } from 'preact/hooks';
import { devicePath } from '../../api/paths.ts';
import type { CheckedNumber } from '../../api/sending-types.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { deviceById } from '../../lib/device-store.ts';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { formatPhone } from './format-phone.ts';
import { GroupField } from './group-field.tsx';
import { SavedField } from './saved-field.tsx';
import { t } from './texts.ts';
import './send.css';

interface RecipientFieldProps {
  deviceId: string;
  to: string;
  onTo(to: string): void;
  error: ApiError | null;
}

type Mode = 'number' | 'saved' | 'group';

/** A person by number, one of the saved recipients, or a group of the device. */
export function RecipientField({ deviceId, to, onTo, error }: RecipientFieldProps) {
  const [mode, setMode] = useState<Mode>(to.endsWith('@g.us') ? 'group' : 'number');
  const problem = recipientProblem(error);
  const modes = [
    { value: 'number' as const, label: t('toNumber') },
    ...(may('report:read') ? [{ value: 'saved' as const, label: t('toSaved') }] : []),
    { value: 'group' as const, label: t('toGroup') },
  ];
  const choose = (next: Mode) => {
    setMode(next);
    onTo('');
  };
  return (
    <div class="send-recipient">
      <Select label={t('to')} options={modes} value={mode} onValue={choose} />
      {mode === 'number' && <NumberField deviceId={deviceId} to={to} onTo={onTo} problem={problem} />}
      {mode === 'saved' && <SavedField to={to} onTo={onTo} problem={problem} />}
      {mode === 'group' && <GroupField deviceId={deviceId} to={to} onTo={onTo} problem={problem} />}
    </div>
  );
}

/** What is wrong with the recipient is said where the recipient is. */
function recipientProblem(error: ApiError | null): string | undefined {
  const field = error?.fieldMessage('to') ?? error?.fieldMessage('groupId');
  if (field !== undefined) return field;
  return error?.code === 'RECIPIENT_INVALID' || error?.code === 'PHONE_NUMBER_INVALID'
    ? t('numberInvalid')
    : undefined;
}

interface NumberFieldProps {
  deviceId: string;
  to: string;
  onTo(to: string): void;
  problem: string | undefined;
}

function NumberField({ deviceId, to, onTo, problem }: NumberFieldProps) {
  const canAsk = may('message:read') && deviceById(deviceId)?.isConnected === true;
  const [checked, setChecked] = useState<CheckedNumber | null>(null);
  const check = useAction(async () => {
    const path = devicePath(deviceId, '/check-number');
    setChecked(await api.get<CheckedNumber>(path, { query: { number: to.trim() } }));
  });
  const change = (text: string) => {
    setChecked(null);
    check.clear();
    onTo(text);
  };
  const wrong = check.error && (recipientProblem(check.error) ?? check.error.message);
  return (
    <div class="stack-s">
      <Field label={t('number')} hint={t('numberHint')} error={problem ?? wrong ?? undefined}>
        {(wiring) => (
          <div class="send-number">
            <input
              class="input"
              {...wiring}
              type="tel"
              required
              minLength={3}
              maxLength={80}
              autocomplete="off"
              value={to}
              onInput={(event) => change(event.currentTarget.value)}
            />
            {canAsk && (
              <Button busy={check.busy} disabled={to.trim().length < 3} onClick={() => void check.run()}>
                {t('check')}
              </Button>
            )}
          </div>
        )}
      </Field>
      <p class="small send-checked" role="status">
        {checked && (
          <span class={checked.registered ? 'send-good' : 'send-bad'}>
            {t(checked.registered ? 'registered' : 'notRegistered', {
              number: formatPhone(checked.number ?? to),
            })}
          </span>
        )}
      </p>
    </div>
  );
}
