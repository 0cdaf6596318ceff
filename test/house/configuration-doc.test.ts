import { expect, it } from 'vitest';
import { CONFIG_KEYS, type ConfigKey } from '../../src/config/config-keys.ts';
import { codeOf, readText, tableRows } from './markdown.ts';

const keys: readonly ConfigKey[] = CONFIG_KEYS;
const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

it('docs/configuration.md lists every key with its default, and says which are secret', () => {
  const documented = tableRows(readText('docs/configuration.md')).map(([name, fallback, meaning = '']) => ({
    name: codeOf(name),
    default: codeOf(fallback),
    secret: meaning.includes('(secret)'),
    explained: meaning.length > 10,
  }));
  const declared = keys.map((key) => ({
    name: key.name,
    default: key.default ?? '',
    secret: key.secret ?? false,
    explained: true,
  }));
  expect(documented.sort(byName)).toEqual(declared.sort(byName));
});

it('.env.example offers every key, commented out, with its default', () => {
  const offered = [...readText('.env.example').matchAll(/^# ?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => ({ name, default: value }),
  );
  const declared = keys.map(({ name, default: fallback }) => ({ name, default: fallback ?? '' }));
  expect(offered.sort(byName)).toEqual(declared.sort(byName));
});
