import { useState } from 'preact/hooks';
import { AUTH } from '../../api/paths.ts';
import { type Person, ROLES } from '../../api/people-types.ts';
import type { Role } from '../../api/session-types.ts';
import { Button } from '../../components/button.tsx';
import { DeviceChoice } from '../../components/device-choice.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { toldBy } from '../../lib/told-error.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { suggestPassword } from './suggest-password.ts';
import { t } from './texts.ts';

interface PersonFormProps {
  /** The one to change; null adds somebody. */
  person: Person | null;
  onClose(): void;
  /** With the password when there is a new one to hand over. */
  onDone(person: Person, password: string | null): void;
}

interface Draft {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly locale: '' | 'en' | 'id';
  readonly deviceIds: readonly string[] | null;
  readonly password: string;
}

export function PersonForm({ person, onClose, onDone }: PersonFormProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(person));
  const [incomplete, setIncomplete] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((last) => ({ ...last, ...change }));
  const { busy, error, run } = useAction(async () => {
    const { password, locale, deviceIds, ...rest } = draft;
    const body = {
      ...rest,
      locale: locale === '' ? null : locale,
      // Whoever may do everything is not limited to some devices.
      deviceIds: draft.role === 'admin' ? null : deviceIds,
      ...(password !== '' && { password }),
    };
    const saved = person
      ? await api.put<Person>(`${AUTH}/users/${person.userId}`, body)
      : await api.post<Person>(`${AUTH}/users`, body);
    toast(t('personSaved'));
    onDone(saved, password === '' ? null : password);
    onClose();
  });
  const lacksDevices = draft.role !== 'admin' && draft.deviceIds?.length === 0;
  const submit = (event: Event) => {
    event.preventDefault();
    setIncomplete(lacksDevices);
    if (!lacksDevices) void run();
  };
  const wrong = (name: string) => error?.fieldMessage(name);
  return (
    <Dialog title={person ? t('editPerson', { name: person.name }) : t('addPerson')} onClose={onClose} wide>
      <form class="form" onSubmit={submit} autocomplete="off">
        <FormError error={toldBy(t, error)} />
        <PersonFields draft={draft} set={set} wrong={wrong} />
        {draft.role !== 'admin' && (
          <DeviceChoice
            label={t('devices')}
            value={draft.deviceIds}
            onValue={(deviceIds) => set({ deviceIds })}
            error={incomplete && lacksDevices ? c('chooseSome') : wrong('deviceIds')}
          />
        )}
        <PasswordField
          isNew={person === null}
          value={draft.password}
          onValue={(password) => set({ password })}
          error={wrong('password') ?? wrong('newPassword')}
        />
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy}>
            {person ? c('save') : t('createPerson')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface PersonFieldsProps {
  draft: Draft;
  set(change: Partial<Draft>): void;
  wrong(name: string): string | undefined;
}

function PersonFields({ draft, set, wrong }: PersonFieldsProps) {
  return (
    <>
      <div class="columns">
        <TextField
          label={t('name')}
          required
          maxLength={100}
          value={draft.name}
          onValue={(name) => set({ name })}
          error={wrong('name')}
        />
        <TextField
          label={t('email')}
          type="email"
          required
          maxLength={254}
          value={draft.email}
          onValue={(email) => set({ email })}
          error={wrong('email')}
        />
      </div>
      <div class="columns">
        <Select
          label={t('role')}
          hint={t(`roleText.${draft.role}`)}
          options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          value={draft.role}
          onValue={(role) => set({ role })}
          error={wrong('role')}
        />
        <Select
          label={t('language')}
          options={[
            { value: '', label: t('language.none') },
            { value: 'en', label: 'English' },
            { value: 'id', label: 'Bahasa Indonesia' },
          ]}
          value={draft.locale}
          onValue={(locale) => set({ locale })}
        />
      </div>
    </>
  );
}

interface PasswordFieldProps {
  isNew: boolean;
  value: string;
  onValue(value: string): void;
  error: string | undefined;
}

/** Shown as it is typed: it is handed over, not remembered. */
function PasswordField({ isNew, value, onValue, error }: PasswordFieldProps) {
  const suggest = () => onValue(suggestPassword((into) => crypto.getRandomValues(into)));
  return (
    <div class="people-password">
      <TextField
        label={t(isNew ? 'password' : 'newPassword')}
        hint={t(isNew ? 'passwordHint' : 'newPasswordHint')}
        required={isNew}
        minLength={12}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        class="input mono"
        value={value}
        onValue={onValue}
        error={error}
      />
      <Button onClick={suggest}>{t('suggest')}</Button>
    </div>
  );
}

function draftOf(person: Person | null): Draft {
  return {
    name: person?.name ?? '',
    email: person?.email ?? '',
    role: person?.role ?? 'operator',
    locale: person?.locale ?? '',
    deviceIds: person?.deviceIds ?? null,
    password: '',
  };
}
