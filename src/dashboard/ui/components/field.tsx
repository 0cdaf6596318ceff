import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';

/** What every input of a form has: a label, perhaps a hint, perhaps what is wrong with it. */
export interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** From `ApiError.fieldMessage` or a check of the page's own. */
  error?: string | undefined;
}

/** Hands an input its ids, so that label, hint and error are read with it. */
export interface Wiring {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}

/** Label above, hint and error below; the child is a function that draws the input. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const wiring: Wiring = { id, 'aria-invalid': error !== undefined };
  if (described !== '') wiring['aria-describedby'] = described;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(wiring)}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

type InputProps = Omit<JSX.IntrinsicElements['input'], 'label' | 'onInput' | 'value'>;

interface TextFieldProps extends InputProps, FieldProps {
  value: string;
  onValue(value: string): void;
}

/** One line of text: also passwords, numbers, dates, by `type`. */
export function TextField({ label, hint, error, value, onValue, ...rest }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <input
          class="input"
          {...rest}
          {...wiring}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface TextAreaProps
  extends Omit<JSX.IntrinsicElements['textarea'], 'label' | 'onInput' | 'value'>,
    FieldProps {
  value: string;
  onValue(value: string): void;
}

export function TextArea({ label, hint, error, value, onValue, ...rest }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <textarea
          class="input"
          rows={4}
          {...rest}
          {...wiring}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
