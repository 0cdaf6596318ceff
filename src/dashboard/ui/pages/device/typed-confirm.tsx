import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

interface TypedConfirmProps {
  title: string;
  text: string;
  /** What must be typed. */
  word: string;
  /** What may be done as well; not chosen at first. */
  option?: string;
  confirm: string;
  run(withOption: boolean): Promise<void>;
  onClose(): void;
}

/** Asks before something that is lost for good: a slip of the hand does not type a name. */
export function TypedConfirm({ title, text, word, option, confirm, run, onClose }: TypedConfirmProps) {
  const [typed, setTyped] = useState('');
  const [withOption, setWithOption] = useState(false);
  const action = useAction(async () => {
    await run(withOption);
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.trim() === word) void action.run();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <FormError error={action.error} />
        <p>{text}</p>
        {option !== undefined && (
          <Checkbox checked={withOption} onChecked={setWithOption}>
            {option}
          </Checkbox>
        )}
        <TextField
          label={t('typeId', { id: word })}
          required
          autocomplete="off"
          value={typed}
          onValue={setTyped}
        />
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="danger" busy={action.busy} disabled={typed.trim() !== word}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
