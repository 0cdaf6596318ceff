import { expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../src/shared/errors.ts';
import { codeOf, readText, tableRows } from './markdown.ts';

it('docs/errors.md lists the codes of the catalogue with their status and retry flag', () => {
  const documented = tableRows(readText('docs/errors.md')).map(([code, status, retry, means, action]) => ({
    code: codeOf(code),
    status: Number(status),
    retryable: retry === 'yes',
    explained: Boolean(means && action),
  }));
  const declared = Object.entries(ERROR_CATALOGUE).map(([code, { status, retryable }]) => ({
    code,
    status,
    retryable,
    explained: true,
  }));
  const byCode = (a: { code: string }, b: { code: string }) => a.code.localeCompare(b.code);
  expect(documented.sort(byCode)).toEqual(declared.sort(byCode));
});
