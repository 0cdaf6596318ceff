import { effect, signal } from '@preact/signals';
import { remember, remembered } from './storage.ts';
import {
  type AreaTexts,
  type Countable,
  chooseLocale,
  fill,
  type Locale,
  pluralKey,
  type Values,
} from './texts.ts';

/** The language the pages speak; read inside a component, it draws the component again when it changes. */
export const locale = signal<Locale>(chooseLocale([remembered('locale'), ...navigator.languages]));

effect(() => {
  document.documentElement.lang = locale.value;
});

/** Changes the language and remembers it in this browser. */
export function setLocale(next: Locale): void {
  locale.value = next;
  remember('locale', next);
}

/** Takes the language of the person's account when this browser remembers none. */
export function suggestLocale(wish: string | null): void {
  if (wish !== null && remembered('locale') === null) locale.value = chooseLocale([wish]);
}

/** `t('key', { name })`, and `t.count('devices', 3)` for keys that end in `_one` and `_other` and say `{count}`. */
export interface Translate<Key extends string> {
  (key: Key, values?: Values): string;
  count(base: Countable<Key>, count: number, values?: Values): string;
  /** For keys made of data, such as a status: the text, or `fallback` where there is none. */
  maybe(key: string, fallback: string, values?: Values): string;
}

/** The texts of one area; call it once a file, at its top. */
export function areaTexts<Key extends string>(texts: AreaTexts<Key>): Translate<Key> {
  const find = (key: string): string | undefined =>
    new Map(Object.entries<string>(texts[locale.value])).get(key);
  const say = (key: Key, values?: Values) => fill(texts[locale.value][key], values);
  return Object.assign(say, {
    count: (base: Countable<Key>, count: number, values?: Values) =>
      fill(find(pluralKey(base, locale.value, count)) ?? base, { count: formatCount(count), ...values }),
    maybe: (key: string, fallback: string, values?: Values) => fill(find(key) ?? fallback, values),
  });
}

function formatCount(count: number): string {
  return new Intl.NumberFormat(locale.value).format(count);
}
