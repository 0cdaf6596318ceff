import { useState } from 'preact/hooks';
import { AUTH } from '../../api/paths.ts';
import type { IssuedToken, Token, Whole } from '../../api/people-types.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { formatDate } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import { c } from '../../texts/common.ts';
import { IssuedKey } from './issued-key.tsx';
import { KeyForm } from './key-form.tsx';
import { t } from './texts.ts';

const TONES: Readonly<Record<Token['status'], Tone>> = {
  active: 'ok',
  expired: 'warn',
  revoked: 'neutral',
};

/** The keys of programs: what each may do, and making, changing and revoking them. */
export function KeysTab() {
  const [form, setForm] = useState<{ token: Token | null } | null>(null);
  const [issued, setIssued] = useState<IssuedToken | null>(null);
  const [withRevoked, setWithRevoked] = useState(false);
  const list = useResource((signal) => api.get<Whole<Token>>(`${AUTH}/tokens`, { signal }));
  const add = (
    <Button kind="primary" onClick={() => setForm({ token: null })}>
      {t('addKey')}
    </Button>
  );
  return (
    <>
      <div class="row-between">
        <p class="muted">{t('keysText')}</p>
        {add}
      </div>
      <ResourceView of={list}>
        {({ items }) => {
          const shown = items.filter(({ status }) => withRevoked || status !== 'revoked');
          return (
            <>
              {items.some(({ status }) => status === 'revoked') && (
                <Checkbox checked={withRevoked} onChecked={setWithRevoked}>
                  {t('showRevoked')}
                </Checkbox>
              )}
              {shown.length === 0 ? (
                <EmptyState icon="key" title={t('noKeys')}>
                  {t('noKeysText')}
                </EmptyState>
              ) : (
                <DataTable
                  caption={t('tab.keys')}
                  columns={columns((token) => setForm({ token }), list.reload)}
                  rows={shown}
                  keyOf={({ tokenId }) => tokenId}
                />
              )}
            </>
          );
        }}
      </ResourceView>
      {form && (
        <KeyForm
          token={form.token}
          onClose={() => setForm(null)}
          onDone={(made) => {
            setIssued(made);
            list.reload();
          }}
        />
      )}
      {issued && <IssuedKey issued={issued} onClose={() => setIssued(null)} />}
    </>
  );
}

function columns(onEdit: (token: Token) => void, onChanged: () => void): readonly Column<Token>[] {
  return [
    { id: 'name', title: t('name'), cell: ({ name }) => <span class="break">{name}</span> },
    {
      id: 'status',
      title: t('status'),
      cell: ({ status }) => <StatusPill tone={TONES[status]}>{t(`status.${status}`)}</StatusPill>,
    },
    {
      id: 'scopes',
      title: t('scopes'),
      cell: ({ scopes }) => scopes.map((scope) => t(`scope.${scope}`)).join(', '),
    },
    {
      id: 'devices',
      title: t('devices'),
      cell: ({ deviceIds }) => <span class="break">{deviceIds?.join(', ') ?? c('allDevices')}</span>,
    },
    { id: 'used', title: t('lastUsed'), cell: ({ lastUsedAt }) => <TimeAgo at={lastUsedAt} /> },
    {
      id: 'expires',
      title: t('expires'),
      cell: ({ expiresAt }) => (expiresAt === null ? t('expires.never') : formatDate(expiresAt)),
    },
    {
      id: 'actions',
      title: t('actions'),
      cell: (token) => <KeyButtons token={token} onEdit={onEdit} onChanged={onChanged} />,
    },
  ];
}

interface KeyButtonsProps {
  token: Token;
  onEdit(token: Token): void;
  onChanged(): void;
}

function KeyButtons({ token, onEdit, onChanged }: KeyButtonsProps) {
  const { tokenId, name, status } = token;
  const { busy, run } = useAction(async () => {
    const agreed = await confirmed({
      title: t('revokeTitle', { name }),
      text: t('revokeText'),
      confirm: t('revoke'),
      danger: true,
    });
    if (!agreed) return;
    try {
      await api.delete(`${AUTH}/tokens/${tokenId}`);
      toast(t('revoked'));
    } catch (error) {
      toastError(error);
    }
    onChanged();
  });
  if (status === 'revoked') return null;
  return (
    <div class="people-buttons">
      <Button aria-label={`${t('edit')}: ${name}`} onClick={() => onEdit(token)}>
        {t('edit')}
      </Button>
      <Button kind="danger" busy={busy} aria-label={`${t('revoke')}: ${name}`} onClick={() => void run()}>
        {t('revoke')}
      </Button>
    </div>
  );
}
