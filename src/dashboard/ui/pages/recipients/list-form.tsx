import { useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import type { SavedList } from '../../api/recipient-types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { toldBy } from '../../lib/told-error.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

interface ListFormProps {
  /** The one to change; null makes one. */
  list: SavedList | null;
  onClose(): void;
  onSaved(): void;
}

export function ListForm({ list, onClose, onSaved }: ListFormProps) {
  const [name, setName] = useState(list?.name ?? '');
  const [description, setDescription] = useState(list?.description ?? '');
  const { busy, error, run } = useAction(async () => {
    const body = { name, description: description.trim() === '' ? null : description };
    if (list) await api.put(`${REPORTING}/recipient-lists/${list.id}`, body);
    else await api.post(`${REPORTING}/recipient-lists`, body);
    toast(t('saved'));
    onSaved();
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={t(list ? 'editList' : 'addList')} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <FormError error={toldBy(t, error)} />
        <TextField
          label={t('listName')}
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onValue={setName}
          error={error?.fieldMessage('name')}
        />
        <TextField
          label={t('description')}
          maxLength={500}
          autocomplete="off"
          value={description}
          onValue={setDescription}
          error={error?.fieldMessage('description')}
        />
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy}>
            {c('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
