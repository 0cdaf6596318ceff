import { expect, it } from 'vitest';
import { readSearchTerms } from '../../src/reports/search-terms.ts';
import { AppError } from '../../src/shared/errors.ts';

it.each<[string, string[], string[]]>([
  ['pesanan', ['pesanan'], []],
  ['  Pesanan   no 12 ', ['Pesanan'], ['no', '12']],
  ['café', ['café'], []],
  ['cafe\u0301', ['café'], []],
  ['"a" OR b* NEAR(harga, 2) -toko', ['NEAR', 'harga', 'toko'], ['a', 'OR', 'b', '2']],
  ['text : rahasia', ['text', 'rahasia'], []],
  ['don_t;--%\'"\\()<>~@*+', ['don'], ['t']],
  ['สวัสดี', ['สวัสดี'], []],
  ['toko toko', ['toko'], []],
])('%j', (text, long, short) => {
  expect(readSearchTerms(text)).toEqual({ long, short });
});

it.each([
  '',
  '   ',
  '***',
  '"',
  'ab',
  '🎉🎉🎉',
  'a b c',
  'x'.repeat(85),
  'aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk',
])('refuses %j', (text) => {
  expect(() => readSearchTerms(text)).toThrow(AppError);
});
