import { expect, it } from 'vitest';
import { csvLine } from '../../src/shared/csv.ts';
import { delimiterOf, readCsv } from '../../src/shared/csv-reader.ts';

const cellsOf = (text: string, delimiter: ',' | ';' | '\t' | '|' = ',') =>
  [...readCsv(text, delimiter)].map(({ line, cells }) => [line, ...cells]);

it.each([
  [
    'lines of any kind',
    'a,b\r\n1,2\n3,4\r5,6',
    [
      [1, 'a', 'b'],
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
    ],
  ],
  [
    'empty cells, also the last',
    ',a,\n,,b,',
    [
      [1, '', 'a', ''],
      [2, '', '', 'b', ''],
    ],
  ],
  [
    'no empty lines',
    'a\n\n , \n\nb\n',
    [
      [1, 'a'],
      [5, 'b'],
    ],
  ],
  [
    'quotes, with what would end a cell in them',
    '"a,""b""","c\r\nd"\ne,f',
    [
      [1, 'a,"b"', 'c\r\nd'],
      [3, 'e', 'f'],
    ],
  ],
  ['a quote that stands inside', 'a"b,c', [[1, 'a"b', 'c']]],
  ['an empty text', '', []],
])('a table is read: %s', (_name, text, expected) => {
  expect(cellsOf(text)).toEqual(expected);
});

it('what we write is what is read', () => {
  const cells = ['plain', 'a "quote"', 'a\nline', ';,', '', 'é 👋'];
  expect(cellsOf(csvLine(cells) + csvLine(cells))[1]).toEqual([3, ...cells]);
});

it.each([
  ['a quote that is not closed', 'a,b\n"c,d', 2, 'a quote is not closed'],
  ['something behind a quote', 'a\n"b"c,d', 2, 'something stands behind a closing quote'],
])('is refused with its line: %s', (_name, text, line, reason) => {
  expect(() => cellsOf(text)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', details: { in: 'body', line, reason } }),
  );
});

it.each([
  ['a,b;c,d\n;;;;', ','],
  ['a;b', ';'],
  ['a\tb', '\t'],
  ['a|b|c,d', '|'],
  ['alone', ','],
])('the delimiter is guessed from the heads: %j', (text, delimiter) => {
  expect(delimiterOf(text)).toBe(delimiter);
});
