import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './field.css';

interface CheckboxProps {
  checked: boolean;
  onChecked(checked: boolean): void;
  /** Neither: some of what it stands for is chosen. */
  mixed?: boolean;
  disabled?: boolean;
  /** For a box whose label must not be seen, as in a table. */
  hiddenLabel?: boolean;
  children: ComponentChildren;
}

export function Checkbox({
  checked,
  onChecked,
  mixed = false,
  disabled,
  hiddenLabel = false,
  children,
}: CheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <label class="checkbox">
      <input
        ref={box}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span class={hiddenLabel ? 'sr-only' : ''}>{children}</span>
    </label>
  );
}
