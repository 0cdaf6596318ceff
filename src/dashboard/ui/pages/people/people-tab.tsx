import { useState } from 'preact/hooks';
import { AUTH } from '../../api/paths.ts';
import type { Person, Whole } from '../../api/people-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { CopyField } from '../../components/copy-field.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { api, signedIn } from '../../lib/session.ts';
import { toldBy } from '../../lib/told-error.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import { c } from '../../texts/common.ts';
import { PersonForm } from './person-form.tsx';
import { t } from './texts.ts';

interface Handover {
  readonly person: Person;
  readonly password: string;
}

/** Everybody who can sign in. */
export function PeopleTab() {
  const [form, setForm] = useState<{ person: Person | null } | null>(null);
  const [handover, setHandover] = useState<Handover | null>(null);
  const list = useResource((signal) => api.get<Whole<Person>>(`${AUTH}/users`, { signal }));
  return (
    <>
      <div class="row-between">
        <p class="muted">{t('ownHint')}</p>
        <Button kind="primary" onClick={() => setForm({ person: null })}>
          {t('addPerson')}
        </Button>
      </div>
      <ResourceView of={list}>
        {({ items }) => (
          <DataTable
            caption={t('tab.people')}
            columns={columns((person) => setForm({ person }), list.reload)}
            rows={items}
            keyOf={({ userId }) => userId}
          />
        )}
      </ResourceView>
      {form && (
        <PersonForm
          person={form.person}
          onClose={() => setForm(null)}
          onDone={(person, password) => {
            if (password !== null) setHandover({ person, password });
            list.reload();
          }}
        />
      )}
      {handover && <HandOver {...handover} onClose={() => setHandover(null)} />}
    </>
  );
}

function HandOver({ person, password, onClose }: Handover & { onClose(): void }) {
  return (
    <ShownOnce title={t('handOverTitle', { name: person.name })} text={t('handOverText')} onClose={onClose}>
      <CopyField label={t('address')} value={`${location.origin}/`} />
      <CopyField label={t('email')} value={person.email} />
      <CopyField label={t('password')} value={password} />
    </ShownOnce>
  );
}

function columns(onEdit: (person: Person) => void, onChanged: () => void): readonly Column<Person>[] {
  return [
    {
      id: 'name',
      title: t('name'),
      cell: ({ userId, name, email }) => (
        <>
          <span class="break">
            {name}
            {isMe(userId) && ` (${t('you')})`}
          </span>
          <span class="people-email muted small break">{email}</span>
        </>
      ),
    },
    { id: 'role', title: t('role'), cell: ({ role }) => t(`role.${role}`) },
    {
      id: 'status',
      title: t('status'),
      cell: ({ status }) => (
        <StatusPill tone={status === 'active' ? 'ok' : 'neutral'}>{t(`status.${status}`)}</StatusPill>
      ),
    },
    {
      id: 'devices',
      title: t('devices'),
      cell: ({ deviceIds }) => <span class="break">{deviceIds?.join(', ') ?? c('allDevices')}</span>,
    },
    { id: 'last', title: t('lastSignIn'), cell: ({ lastSignInAt }) => <TimeAgo at={lastSignInAt} /> },
    {
      id: 'actions',
      title: t('actions'),
      cell: (person) => <PersonButtons person={person} onEdit={onEdit} onChanged={onChanged} />,
    },
  ];
}

interface PersonButtonsProps {
  person: Person;
  onEdit(person: Person): void;
  onChanged(): void;
}

function PersonButtons({ person, onEdit, onChanged }: PersonButtonsProps) {
  const { userId, name, status } = person;
  const path = `${AUTH}/users/${userId}`;
  const told = async (change: () => Promise<unknown>) => {
    try {
      await change();
    } catch (error) {
      toastError(toldBy(t, toApiError(error)));
    }
    onChanged();
  };
  const toggle = useAction(async () => {
    const isOff = status === 'disabled';
    const question = { title: t('disableTitle', { name }), text: t('disableText'), confirm: t('disable') };
    if (!isOff && !(await confirmed({ ...question, danger: true }))) return;
    await told(() => api.put(path, { status: isOff ? 'active' : 'disabled' }));
  });
  const remove = useAction(async () => {
    const question = { title: t('removeTitle', { name }), text: t('removeText'), confirm: t('removePerson') };
    if (!(await confirmed({ ...question, danger: true }))) return;
    await told(async () => {
      await api.delete(path);
      toast(t('removed', { name }));
    });
  });
  return (
    <div class="people-buttons">
      <Button aria-label={`${t('edit')}: ${name}`} onClick={() => onEdit(person)}>
        {t('edit')}
      </Button>
      {!isMe(userId) && (
        <>
          <ToggleButton name={name} isOff={status === 'disabled'} busy={toggle.busy} onPress={toggle.run} />
          <Button
            kind="danger"
            busy={remove.busy}
            aria-label={`${t('removePerson')}: ${name}`}
            onClick={() => void remove.run()}
          >
            {t('removePerson')}
          </Button>
        </>
      )}
    </div>
  );
}

interface ToggleButtonProps {
  name: string;
  isOff: boolean;
  busy: boolean;
  onPress(): Promise<unknown>;
}

function ToggleButton({ name, isOff, busy, onPress }: ToggleButtonProps) {
  const word = t(isOff ? 'enable' : 'disable');
  return (
    <Button busy={busy} aria-label={`${word}: ${name}`} onClick={() => void onPress()}>
      {word}
    </Button>
  );
}

/** Nobody locks themselves out by a slip. */
function isMe(userId: string): boolean {
  return signedIn.value?.user.userId === userId;
}
