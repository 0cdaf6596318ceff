import { useState } from 'preact/hooks';
import { AUTH } from '../../api/paths.ts';
import { type IssuedToken, SCOPES, type Token } from '../../api/people-types.ts';
import type { Scope } from '../../api/session-types.ts';
import { Button } from '../../components/button.tsx';
import { CheckGroup } from '../../components/check-group.tsx';
import { DeviceChoice } from '../../components/device-choice.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { toast } from '../../components/toast.tsx';
import { browserClock } from '../../lib/clock.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { dayOf, EXPIRY_CHOICES, type ExpiryChoice, expiryOf } from './expiry.ts';
import { t } from './texts.ts';

interface KeyFormProps {
  /** The one to change; null makes one. */
  token: Token | null;
  onClose(): void;
  /** With the key when one was made. */
  onDone(issued: IssuedToken | null): void;
}

export function KeyForm({ token, onClose, onDone }: KeyFormProps) {
  const [name, setName] = useState(token?.name ?? '');
  const [scopes, setScopes] = useState<readonly Scope[]>(token?.scopes ?? ['message:send']);
  const [deviceIds, setDeviceIds] = useState<readonly string[] | null>(token?.deviceIds ?? null);
  const [expiry, setExpiry] = useState<ExpiryChoice>(token?.expiresAt ? 'date' : 'never');
  const [day, setDay] = useState(token?.expiresAt ? dayOf(token.expiresAt) : '');
  const [incomplete, setIncomplete] = useState(false);
  const { busy, error, run } = useAction(async () => {
    const body = { name, scopes, deviceIds, expiresAt: expiryOf(expiry, day, browserClock.now()) };
    if (token) {
      await api.put<Token>(`${AUTH}/tokens/${token.tokenId}`, body);
      toast(t('keySaved'));
      onDone(null);
    } else onDone(await api.post<IssuedToken>(`${AUTH}/tokens`, body));
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const lacks = scopes.length === 0 || deviceIds?.length === 0;
    setIncomplete(lacks);
    if (!lacks) void run();
  };
  const lack = (list: readonly string[] | null) =>
    incomplete && list?.length === 0 ? c('chooseSome') : undefined;
  return (
    <Dialog title={t(token ? 'editKey' : 'addKey')} onClose={onClose} wide>
      <form class="form" onSubmit={submit}>
        <FormError error={error} />
        <TextField
          label={t('name')}
          hint={t('keyNameHint')}
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onValue={setName}
          error={error?.fieldMessage('name')}
        />
        <CheckGroup
          label={t('scopes')}
          options={SCOPES.map((value) => ({ value, label: t(`scope.${value}`), hint: value }))}
          values={scopes}
          onValues={setScopes}
          error={lack(scopes) ?? error?.fieldMessage('scopes')}
        />
        <DeviceChoice
          label={t('devices')}
          value={deviceIds}
          onValue={setDeviceIds}
          error={lack(deviceIds) ?? error?.fieldMessage('deviceIds')}
        />
        <ExpiryFields
          expiry={expiry}
          onExpiry={setExpiry}
          day={day}
          onDay={setDay}
          error={error?.fieldMessage('expiresAt')}
        />
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy}>
            {token ? c('save') : t('createKey')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface ExpiryFieldsProps {
  expiry: ExpiryChoice;
  onExpiry(next: ExpiryChoice): void;
  day: string;
  onDay(next: string): void;
  error: string | undefined;
}

function ExpiryFields({ expiry, onExpiry, day, onDay, error }: ExpiryFieldsProps) {
  return (
    <div class="columns">
      <Select
        label={t('expires')}
        options={EXPIRY_CHOICES.map((value) => ({ value, label: t(`expires.${value}`) }))}
        value={expiry}
        onValue={onExpiry}
        error={error}
      />
      {expiry === 'date' && (
        <TextField label={t('expiresOn')} type="date" required value={day} onValue={onDay} />
      )}
    </div>
  );
}
