import type { ComponentChildren } from 'preact';
import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import { confirmed } from './confirm.tsx';
import { Dialog } from './dialog.tsx';

interface ShownOnceProps {
  title: string;
  /** What it is and where it belongs. */
  text: string;
  onClose(): void;
  /** The fields to copy from. */
  children: ComponentChildren;
}

/** A secret that cannot be read again: it does not close by a slip. */
export function ShownOnce({ title, text, onClose, children }: ShownOnceProps) {
  const leave = async () => {
    const agreed = await confirmed({
      title: c('shownOnceLeave'),
      text: c('shownOnceLeaveText'),
      confirm: c('shownOnceDone'),
    });
    if (agreed) onClose();
  };
  return (
    <Dialog title={title} onClose={() => void leave()}>
      <p>{text}</p>
      {children}
      <div class="form-actions">
        <Button kind="primary" onClick={onClose}>
          {c('shownOnceDone')}
        </Button>
      </div>
    </Dialog>
  );
}
