import { expect, it } from 'vitest';
import { readRecipientTable } from '../../src/recipients/recipient-table.ts';

const table = (columns: number) => {
  const heads = ['name', 'number', ...Array.from({ length: columns - 2 }, (_, index) => `f${index}`)];
  return Buffer.from(`${heads.join(',')}\nAna,0811\n`);
};

it('a table has two hundred columns at most: each row looks for its heads among them', () => {
  expect(readRecipientTable(table(200), {}).entries).toHaveLength(1);
  expect(() => readRecipientTable(table(201), {})).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', details: expect.objectContaining({ in: 'body' }) }),
  );
});
