import type { ComponentChildren } from 'preact';
import './badge.css';

export type Tone = 'neutral' | 'ok' | 'warn' | 'danger' | 'info';

/** A word with a colour; the colour never says more than the word. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}

/** A badge with a dot, for the state of something. */
export function StatusPill({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`}>
      <span class="badge-dot" aria-hidden="true" />
      {children}
    </span>
  );
}
