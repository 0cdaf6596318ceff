import { useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import type { SavedRecipient } from '../../api/recipient-types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextArea, TextField } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { toldBy } from '../../lib/told-error.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { fieldsOf, fieldsText } from './field-lines.ts';
import { t } from './texts.ts';

interface RecipientFormProps {
  /** The one to change; null adds somebody. */
  recipient: SavedRecipient | null;
  onClose(): void;
  onSaved(): void;
}

export function RecipientForm({ recipient, onClose, onSaved }: RecipientFormProps) {
  const [name, setName] = useState(recipient?.name ?? '');
  const [number, setNumber] = useState(recipient?.number ?? '');
  const [lines, setLines] = useState(fieldsText(recipient?.fields ?? {}, '\n'));
  const { busy, error, run } = useAction(async () => {
    const body = { name, number, fields: fieldsOf(lines) };
    if (recipient) await api.put(`${REPORTING}/recipients/${recipient.id}`, body);
    else await api.post(`${REPORTING}/recipients`, body);
    toast(t('saved'));
    onSaved();
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  const wrong = (field: string) => error?.fields.find((each) => each.field.startsWith(field))?.message;
  return (
    <Dialog title={recipient?.name ?? t('add')} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <FormError error={toldBy(t, error)} />
        <TextField
          label={t('name')}
          required
          maxLength={191}
          autocomplete="off"
          value={name}
          onValue={setName}
          error={wrong('name')}
        />
        <TextField
          label={t('number')}
          type="tel"
          required
          maxLength={80}
          autocomplete="off"
          value={number}
          onValue={setNumber}
          error={wrong('number')}
        />
        <TextArea
          label={t('fields')}
          hint={t('fieldsHint')}
          rows={3}
          value={lines}
          onValue={setLines}
          error={wrong('fields')}
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
