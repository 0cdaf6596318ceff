import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Checkbox } from './checkbox.tsx';
import './check-group.css';

export interface CheckOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** In small letters below the label. */
  readonly hint?: string | undefined;
}

interface CheckGroupProps<Value extends string> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  options: readonly CheckOption<Value>[];
  values: readonly Value[];
  onValues(next: readonly Value[]): void;
  /** Many of them scroll in a box. */
  scroll?: boolean;
  /** Between the label and the boxes: a search, for example. */
  children?: ComponentChildren;
}

/** Some of several. */
export function CheckGroup<Value extends string>(props: CheckGroupProps<Value>) {
  const { label, hint, error, options, values, onValues, scroll = false, children } = props;
  const id = useId();
  const toggle = (value: Value, on: boolean) =>
    onValues(on ? [...values, value] : values.filter((each) => each !== value));
  const boxes = (
    <div class="check-group-boxes">
      {options.map(({ value, label: text, hint: small }) => (
        <Checkbox key={value} checked={values.includes(value)} onChecked={(on) => toggle(value, on)}>
          <span class="break">{text}</span>
          {small && <span class="check-group-hint muted small"> {small}</span>}
        </Checkbox>
      ))}
    </div>
  );
  return (
    <fieldset class="check-group" aria-describedby={`${id}-say`}>
      <legend>{label}</legend>
      {children}
      {scroll ? <div class="check-group-scroll">{boxes}</div> : boxes}
      <div id={`${id}-say`}>
        {hint && <p class="field-hint">{hint}</p>}
        {error && <p class="field-error">{error}</p>}
      </div>
    </fieldset>
  );
}
