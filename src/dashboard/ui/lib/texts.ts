/** The languages of the pages. */
export type Locale = 'en' | 'id';

export type Values = Readonly<Record<string, string | number>>;

/** One area's texts in every language; the compiler keeps the keys the same, a test the placeholders. */
export type AreaTexts<Key extends string> = Readonly<Record<Locale, Readonly<Record<Key, string>>>>;

/** Keys `x_one` and `x_other` make `x` countable. */
export type Countable<Key extends string> = Key extends `${infer Base}_other` ? Base : never;

/** `text` with `{name}` replaced by the value of that name; what has no value stays, so that it is seen. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The names of the placeholders of `text`, sorted. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
}

/** The key of the form that `count` takes; Indonesian has one form, which is `_other`. */
export function pluralKey(base: string, locale: Locale, count: number): string {
  const rule = new Intl.PluralRules(locale).select(count);
  return `${base}_${rule === 'one' ? 'one' : 'other'}`;
}

/** The language to begin with: the remembered one, the person's, or the first the browser asks for that we have. */
export function chooseLocale(wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'id') return language;
    if (language === 'in') return 'id';
  }
  return 'en';
}
