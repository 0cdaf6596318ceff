import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { causes } from '../../src/dashboard/ui/texts/en/causes.ts';
import { shell } from '../../src/dashboard/ui/texts/en/shell.ts';
import { shell as shellId } from '../../src/dashboard/ui/texts/id/shell.ts';
import { readText } from './markdown.ts';
import { PROJECT_ROOT } from './source-file.ts';

const PAGES = [
  { language: 'en', path: 'docs/dashboard.md', shell },
  { language: 'id', path: 'docs/dashboard.id.md', shell: shellId },
] as const;

describe.each(PAGES)('$path', ({ language, path, shell: texts }) => {
  const page = readText(path);

  it('tells what to do at every cause the pages can show', () => {
    const codes = new Set(Object.keys(causes).map((key) => key.split('.')[0] ?? ''));
    expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it('describes every entry of the menu under its name', () => {
    const entries = Object.entries(texts).filter(([key]) => key.startsWith('nav.'));
    expect(entries.map(([, name]) => name).filter((name) => !page.includes(`**${name}.**`))).toEqual([]);
  });

  it('calls what can be read and pressed by the words on the screen', () => {
    const folder = `src/dashboard/ui/texts/${language}`;
    const words = readdirSync(join(PROJECT_ROOT, folder))
      .map((file) => readText(`${folder}/${file}`))
      .join('\n');
    const said = [...page.matchAll(/(?<!\*)\*([^*\n]+(?:\n[^*\n]+)?)\*(?!\*)/g)].map(([, text = '']) =>
      text.replace('\n', ' '),
    );
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter((text) => !words.includes(text))).toEqual([]);
  });

  it('shows pictures that are there', () => {
    const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file = '']) => file);
    expect(pictures).toHaveLength(3);
    expect(pictures.filter((file) => !existsSync(join(PROJECT_ROOT, 'docs', file)))).toEqual([]);
  });
});
