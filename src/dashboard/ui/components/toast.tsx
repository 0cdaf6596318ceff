import { signal } from '@preact/signals';
import { toApiError } from '../lib/api-error.ts';
import { browserClock } from '../lib/clock.ts';
import { c } from '../texts/common.ts';
import { errorText } from './error-state.tsx';
import { IconButton } from './icon-button.tsx';
import './toast.css';

interface Told {
  readonly id: number;
  readonly text: string;
  readonly tone: 'ok' | 'danger';
}

const SHOWN_MS = 6_000;
const told = signal<readonly Told[]>([]);
let lastId = 0;

function tell(text: string, tone: Told['tone']) {
  lastId += 1;
  const id = lastId;
  told.value = [...told.value.slice(-3), { id, text, tone }];
  // What went wrong stays until it is dismissed: nobody reads an error in six seconds.
  if (tone === 'ok') browserClock.after(SHOWN_MS, () => dismiss(id));
}

function dismiss(id: number) {
  told.value = told.value.filter((each) => each.id !== id);
}

/** Says in a corner that something was done. */
export function toast(text: string): void {
  tell(text, 'ok');
}

/** Says that something failed, whatever was thrown. */
export function toastError(error: unknown): void {
  tell(errorText(toApiError(error)), 'danger');
}

/** Stands once in the shell; what appears in it is read aloud. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {told.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast toast-${tone}`}>
          <p class="grow break">{text}</p>
          <IconButton icon="close" label={c('dismiss')} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
