import { useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import type { SavedRecipient } from '../../api/recipient-types.ts';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { TextField } from '../../components/field.tsx';
import { NumberPager } from '../../components/number-pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { PeopleTable } from './people-table.tsx';
import { RecipientForm } from './recipient-form.tsx';
import { t } from './texts.ts';
import { usePeople } from './use-people.ts';

/** Everybody who is saved, whatever lists they are on. */
export function PeopleTab() {
  const [form, setForm] = useState<{ recipient: SavedRecipient | null } | null>(null);
  const { people, text, search, setPage, isFiltered } = usePeople(`${REPORTING}/recipients`);
  return (
    <>
      <div class="recipients-bar">
        <TextField
          label={t('search')}
          type="search"
          placeholder={t('searchHint')}
          maxLength={100}
          value={text}
          onValue={search}
        />
        {may('message:send') && (
          <Button kind="primary" onClick={() => setForm({ recipient: null })}>
            {t('add')}
          </Button>
        )}
      </div>
      <ResourceView of={people}>
        {(found) =>
          found.total === 0 ? (
            <EmptyState icon="user" title={t(isFiltered ? 'nobodyFound' : 'noPeople')}>
              {!isFiltered && t('noPeopleText')}
            </EmptyState>
          ) : (
            <>
              <PeopleTable
                people={found.items}
                buttons={(recipient) => (
                  <RecipientButtons
                    recipient={recipient}
                    onEdit={() => setForm({ recipient })}
                    onChanged={people.reload}
                  />
                )}
              />
              <NumberPager of={found} onPage={setPage} />
            </>
          )
        }
      </ResourceView>
      {form && (
        <RecipientForm recipient={form.recipient} onClose={() => setForm(null)} onSaved={people.reload} />
      )}
    </>
  );
}

interface RecipientButtonsProps {
  recipient: SavedRecipient;
  onEdit(): void;
  onChanged(): void;
}

function RecipientButtons({ recipient: { id, name }, onEdit, onChanged }: RecipientButtonsProps) {
  const { busy, run } = useAction(async () => {
    const question = { title: t('removeTitle', { name }), text: t('removeText'), confirm: t('remove') };
    if (!(await confirmed({ ...question, danger: true }))) return;
    try {
      await api.delete(`${REPORTING}/recipients/${id}`);
      toast(t('removed', { name }));
    } catch (error) {
      toastError(error);
    }
    onChanged();
  });
  return (
    <div class="row">
      <Button aria-label={`${t('edit')}: ${name}`} onClick={onEdit}>
        {t('edit')}
      </Button>
      <Button kind="danger" busy={busy} aria-label={`${t('remove')}: ${name}`} onClick={() => void run()}>
        {t('remove')}
      </Button>
    </div>
  );
}
