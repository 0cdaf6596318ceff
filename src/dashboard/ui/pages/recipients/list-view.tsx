import { useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import type { SavedList, SavedRecipient } from '../../api/recipient-types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { TextField } from '../../components/field.tsx';
import { NumberPager } from '../../components/number-pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { href, replaceQuery } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import { AddMembers } from './add-members.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { ListForm } from './list-form.tsx';
import { PeopleTable } from './people-table.tsx';
import { t } from './texts.ts';
import { usePeople } from './use-people.ts';

/** One list: who is on it, and changing that. */
export function ListView({ listId }: { listId: string }) {
  const path = `${REPORTING}/recipient-lists/${encodeURIComponent(listId)}`;
  const list = useResource((signal) => api.get<SavedList>(path, { signal }), [path]);
  const { people, text, search, setPage, isFiltered } = usePeople(`${path}/members`);
  const reload = () => {
    list.reload();
    people.reload();
  };
  return (
    <>
      <div>
        <LinkButton href={href('/recipients', { tab: 'lists' })}>{t('allLists')}</LinkButton>
      </div>
      <ResourceView of={list}>
        {(found) => <About list={found} path={path} onChanged={reload} />}
      </ResourceView>
      <TextField
        label={t('search')}
        type="search"
        placeholder={t('searchHint')}
        maxLength={100}
        value={text}
        onValue={search}
      />
      <ResourceView of={people}>
        {(found) =>
          found.total === 0 ? (
            <EmptyState icon="user" title={t(isFiltered ? 'nobodyFound' : 'noMembers')} />
          ) : (
            <>
              <PeopleTable
                people={found.items}
                buttons={(recipient) => <TakeOff path={path} recipient={recipient} onDone={reload} />}
              />
              <NumberPager of={found} onPage={setPage} />
            </>
          )
        }
      </ResourceView>
    </>
  );
}

interface AboutProps {
  list: SavedList;
  path: string;
  onChanged(): void;
}

function About({ list, path, onChanged }: AboutProps) {
  const [open, setOpen] = useState<'edit' | 'add' | 'import' | null>(null);
  const { name, description, members } = list;
  const close = () => setOpen(null);
  const remove = useAction(async () => {
    const question = { title: t('removeListTitle', { name }), text: t('removeListText') };
    if (!(await confirmed({ ...question, confirm: t('remove'), danger: true }))) return;
    try {
      await api.delete(path);
      toast(t('removed', { name }));
      replaceQuery({ tab: 'lists' });
    } catch (error) {
      toastError(error);
    }
  });
  return (
    <Card title={<span class="break">{name}</span>}>
      {description && <p class="break">{description}</p>}
      <p class="muted">{t.count('members', members)}</p>
      {may('message:send') && (
        <div class="row">
          <Button kind="primary" onClick={() => setOpen('add')}>
            {t('addMembers')}
          </Button>
          <Button onClick={() => setOpen('import')}>{t('import')}</Button>
          <Button onClick={() => setOpen('edit')}>{t('edit')}</Button>
          <Button kind="danger" busy={remove.busy} onClick={() => void remove.run()}>
            {t('remove')}
          </Button>
        </div>
      )}
      {open === 'edit' && <ListForm list={list} onClose={close} onSaved={onChanged} />}
      {open === 'add' && <AddMembers path={path} onClose={close} onAdded={onChanged} />}
      {open === 'import' && <ImportDialog path={path} onClose={close} onImported={onChanged} />}
    </Card>
  );
}

interface TakeOffProps {
  path: string;
  recipient: SavedRecipient;
  onDone(): void;
}

function TakeOff({ path, recipient: { id, name }, onDone }: TakeOffProps) {
  const { busy, run } = useAction(async () => {
    try {
      await api.delete(`${path}/members`, { recipient_ids: [id] });
      toast(t('takenOff', { name }));
    } catch (error) {
      toastError(error);
    }
    onDone();
  });
  return (
    <Button busy={busy} aria-label={`${t('takeOff')}: ${name}`} onClick={() => void run()}>
      {t('takeOff')}
    </Button>
  );
}
