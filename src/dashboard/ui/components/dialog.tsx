import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { c } from '../texts/common.ts';
import { IconButton } from './icon-button.tsx';
import './dialog.css';

interface DialogProps {
  title: string;
  /** Escape, the cross, or a click beside it. */
  onClose(): void;
  wide?: boolean;
  children: ComponentChildren;
}

/** A modal window while it is drawn; the browser keeps the focus in it and gives it back afterwards. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  /** A second Escape closes without asking, whatever was said to the first; it is ours to say when it goes. */
  const closed = () => {
    if (!element.current?.isConnected || element.current.open) return;
    element.current.showModal();
    onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes it by Escape, which arrives as cancel
    <dialog
      ref={element}
      class={`dialog ${wide ? 'dialog-wide' : ''}`}
      aria-labelledby={titleId}
      onCancel={cancel}
      onClose={closed}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-inner">
        <header class="row-between">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={c('close')} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
