import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './source-file.ts';

/** The text of a file of the project; `path` is relative to its root. */
export function readText(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8');
}

/** The rows of every table of a Markdown text, cells trimmed, without the head and its rule. */
export function tableRows(markdown: string): string[][] {
  const lines = markdown.split('\n');
  const isRow = (line: string | undefined) => line?.startsWith('|') ?? false;
  const isRule = (line: string | undefined) => /^\|[\s:|-]+\|$/.test(line ?? '');
  return lines
    .filter((line, index) => isRow(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, line.trimEnd().lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

/** What stands between the backticks of a cell. */
export function codeOf(cell: string | undefined): string {
  return /`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';
}
