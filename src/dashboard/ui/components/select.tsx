import type { JSX } from 'preact';
import { Field, type FieldProps } from './field.tsx';

export interface Option<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
}

interface SelectProps<Value extends string>
  extends Omit<JSX.IntrinsicElements['select'], 'label' | 'value' | 'options'>,
    FieldProps {
  options: readonly Option<Value>[];
  value: Value;
  onValue(value: Value): void;
}

/** One of a few. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, hint, error, options, value, onValue, ...rest } = props;
  const choose = (text: string) => {
    const chosen = options.find((option) => option.value === text);
    if (chosen) onValue(chosen.value);
  };
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <select
          class="input"
          {...rest}
          {...wiring}
          value={value}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
