import type { ComponentChildren, JSX } from 'preact';
import './button.css';

export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet';

interface ButtonProps extends Omit<JSX.IntrinsicElements['button'], 'kind'> {
  kind?: ButtonKind;
  /** Shows that it works on it, and takes no second press. */
  busy?: boolean;
  children: ComponentChildren;
}

/** A button with words on it. `type` is `button` unless said otherwise. */
export function Button({
  kind = 'plain',
  busy = false,
  disabled,
  children,
  class: extra,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind} ${extra ?? ''}`}
      disabled={disabled}
      aria-busy={busy}
      aria-disabled={busy}
      onClick={busy ? swallow : rest.onClick}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere. */
export function LinkButton({
  kind = 'plain',
  href,
  label,
  children,
}: {
  kind?: ButtonKind;
  href: string;
  /** For a link that several rows have: which row it is. Begins with the visible words. */
  label?: string;
  children: ComponentChildren;
}) {
  return (
    <a class={`button button-${kind}`} href={href} aria-label={label}>
      {children}
    </a>
  );
}

function swallow(event: Event) {
  event.preventDefault();
}
