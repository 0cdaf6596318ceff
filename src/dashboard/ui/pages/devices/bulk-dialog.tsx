import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';

interface BulkDialogProps {
  title: string;
  text: string;
  /** Whom it concerns; the first few are named. */
  names: readonly string[];
  /** What may be done as well; not chosen at first. */
  option: string;
  confirm: string;
  run(withOption: boolean): Promise<void>;
  onClose(): void;
}

/** Asks before something that is not undone easily. */
export function BulkDialog({ title, text, names, option, confirm, run, onClose }: BulkDialogProps) {
  const [withOption, setWithOption] = useState(false);
  const action = useAction(async () => {
    await run(withOption);
    onClose();
  });
  const rest = names.length - 8;
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <p class="muted break">
        {names.slice(0, 8).join(', ')}
        {rest > 0 && ` + ${rest}`}
      </p>
      <Checkbox checked={withOption} onChecked={setWithOption}>
        {option}
      </Checkbox>
      <div class="form-actions">
        <Button onClick={onClose}>{c('cancel')}</Button>
        <Button kind="danger" busy={action.busy} onClick={() => void action.run()}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
