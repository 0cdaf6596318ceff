import { expect, it } from 'vitest';
import { fieldsOf, fieldsText } from '../../../src/dashboard/ui/pages/recipients/field-lines.ts';

it('fields are written one a line, and what stands behind the first sign is the value', () => {
  expect(fieldsOf('city=Jakarta\n\n  formula = a=b \nvip')).toEqual({
    city: 'Jakarta',
    formula: 'a=b',
    vip: '',
  });
});

it('what was read back is what was written', () => {
  const fields = { city: 'Jakarta', note: '' };
  expect(fieldsOf(fieldsText(fields, '\n'))).toEqual(fields);
});
