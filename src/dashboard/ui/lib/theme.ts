import { effect, signal } from '@preact/signals';
import { remember, remembered } from './storage.ts';

/** `system` follows the machine. */
export type Theme = 'system' | 'light' | 'dark';

const isTheme = (text: string | null): text is Theme =>
  text === 'light' || text === 'dark' || text === 'system';
const kept = remembered('theme');

export const theme = signal<Theme>(isTheme(kept) ? kept : 'system');

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
});

export function setTheme(next: Theme): void {
  theme.value = next;
  remember('theme', next === 'system' ? null : next);
}
