import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createCursors } from '../../src/reports/page-cursor.ts';
import { AppError } from '../../src/shared/errors.ts';

const secret = randomBytes(32);
const cursors = createCursors([secret]);
const refusal = (question: string, cursor: string, by = cursors) => {
  try {
    return by.open(question, cursor);
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
};

it('gives back the mark to the question it was made for, and to no other', () => {
  const cursor = cursors.seal('one', [1, 'x', 7]);
  expect(cursors.open('one', cursor)).toEqual([1, 'x', 7]);
  expect(refusal('two', cursor)).toBe('CURSOR_INVALID');
});

it('is refused when it was made up or changed in any place', () => {
  const cursor = cursors.seal('one', [1_767_225_600_000, '01H', 7]);
  for (let at = 0; at < cursor.length; at++) {
    const other = cursor[at] === 'A' ? 'B' : 'A';
    const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
    expect(refusal('one', changed), changed).toBe('CURSOR_INVALID');
  }
  const [body = ''] = cursor.split('.');
  for (const made of [
    '',
    '.',
    'x',
    '1',
    body,
    `${body}.`,
    `${cursor}.`,
    `${cursor}.x`,
    `.${cursor}`,
    '\u0000',
    'é.é',
  ])
    expect(refusal('one', made), made).toBe('CURSOR_INVALID');
});

it('outlives a rotation of the master key', () => {
  const next = createCursors([randomBytes(32), secret]);
  expect(next.open('one', cursors.seal('one', [1]))).toEqual([1]);
  expect(refusal('one', next.seal('one', [1]))).toBe('CURSOR_INVALID');
});
