import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseLocale, fill, placeholders, pluralKey } from '../../../src/dashboard/ui/lib/texts.ts';

const FOLDER = new URL('../../../src/dashboard/ui/texts/', import.meta.url);
const areas = readdirSync(new URL('en/', FOLDER)).sort();

type Texts = Record<string, string>;

/** Every text an area's file exports in one language. */
async function textsOf(language: 'en' | 'id', file: string): Promise<Texts> {
  const module: Record<string, Texts> = await import(new URL(`${language}/${file}`, FOLDER).href);
  return Object.assign({}, ...Object.values(module));
}

it('every area is there in both languages', () => {
  expect(areas.length).toBeGreaterThan(3);
  expect(readdirSync(new URL('id/', FOLDER)).sort()).toEqual(areas);
});

describe.each(areas)('%s', (file) => {
  it('has the same keys and placeholders in English and Indonesian', async () => {
    const [en, id] = await Promise.all([textsOf('en', file), textsOf('id', file)]);
    const shape = (texts: Texts) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placeholders(text)]));
    expect(Object.keys(en).length).toBeGreaterThan(0);
    expect(shape(id)).toEqual(shape(en));
  });

  it('says something everywhere, and has both forms of what can be counted', async () => {
    const texts = { ...(await textsOf('en', file)) };
    expect(Object.entries(texts).filter(([, text]) => text.trim() === '')).toEqual([]);
    const bases = (end: string) =>
      Object.keys(texts)
        .filter((key) => key.endsWith(end))
        .map((key) => key.slice(0, -end.length));
    expect(bases('_one')).toEqual(bases('_other'));
  });
});

it('a text is filled by name, and what has no value stays to be seen', () => {
  expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}');
  expect(fill('{name}', { name: '{other}', other: 'x' })).toBe('{other}');
});

it('a number chooses the form of its language', () => {
  expect([0, 1, 2].map((count) => pluralKey('x', 'en', count))).toEqual(['x_other', 'x_one', 'x_other']);
  expect(pluralKey('x', 'id', 1)).toBe('x_other');
});

it('the first wish we can serve is the language', () => {
  expect(chooseLocale([null, 'fr-FR', 'id-ID', 'en'])).toBe('id');
  expect(chooseLocale(['in-ID'])).toBe('id');
  expect(chooseLocale(['nl'])).toBe('en');
});
