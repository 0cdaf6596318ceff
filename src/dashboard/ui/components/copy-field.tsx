import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { toast, toastError } from './toast.tsx';
import './copy-field.css';

/** Something to take away: a key, an address, a code. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      toast(c('copied'));
    } catch {
      // Over plain HTTP from another machine the browser has no clipboard for us.
      toastError(new Error(c('copyFailed')));
    }
  };
  return (
    <Field label={label} hint={hint}>
      {(wiring) => (
        <div class="copy-field">
          <input
            class="input mono"
            {...wiring}
            readOnly
            value={value}
            onFocus={(event) => event.currentTarget.select()}
          />
          <Button onClick={() => void copy()}>{c('copy')}</Button>
        </div>
      )}
    </Field>
  );
}
