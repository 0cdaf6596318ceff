import { describe, expect, it } from 'vitest';
import { decodeText, parseCsv } from '../../../src/dashboard/ui/pages/jobs/csv.ts';
import { looksLikeHeader, recipientColumn, toTable } from '../../../src/dashboard/ui/pages/jobs/table.ts';

const cellsOf = (text: string) => parseCsv(text).map(({ cells }) => cells);
const bytesOf = (...bytes: number[]) => new Uint8Array(bytes).buffer;

describe('separated values', () => {
  it.each([
    ['commas', 'a,b\n1,2'],
    ['semicolons', 'a;b\n1;2'],
    ['tabs', 'a\tb\n1\t2'],
  ])('are read with %s, which are found out', (_name, text) => {
    expect(cellsOf(text)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('may hold separators, line ends and quotes in quoted cells', () => {
    const text = 'name,text\r\n"Ani, S.H.","He said ""hi""\nand left"\r\n,""\r\nx,y"z"\r\n';
    expect(parseCsv(text)).toEqual([
      { line: 1, cells: ['name', 'text'] },
      { line: 2, cells: ['Ani, S.H.', 'He said "hi"\nand left'] },
      { line: 5, cells: ['x', 'y"z"'] },
    ]);
  });

  it('take the separator of the first record, not of what stands in quotes', () => {
    expect(cellsOf('"a,b,c";d\n1;2')).toEqual([
      ['a,b,c', 'd'],
      ['1', '2'],
    ]);
  });

  it('lose a byte order mark and empty lines, and need no line end at the end', () => {
    expect(cellsOf('\uFEFFa,b\n\n , \n1,2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(cellsOf('')).toEqual([]);
    expect(cellsOf('0812')).toEqual([['0812']]);
  });

  it('survive a quote that is never closed', () => {
    expect(cellsOf('a,"b\n1,2')).toEqual([['a', 'b\n1,2']]);
  });

  it('of ten thousand rows are read in a moment', () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `0812${index};"Orang; ${index}"`).join('\n');
    expect(parseCsv(text)).toHaveLength(10_000);
  });
});

describe('the bytes of a file', () => {
  it('are text in UTF-8, in UTF-16 with its mark, and as Windows wrote before', () => {
    expect(decodeText(new TextEncoder().encode('Séti').buffer)).toBe('Séti');
    expect(decodeText(bytesOf(0xff, 0xfe, 0x41, 0x00, 0xe9, 0x00))).toContain('Aé');
    expect(decodeText(bytesOf(0x53, 0xe9))).toBe('Sé');
  });
});

describe('a table', () => {
  it('has the names of its first line, each once', () => {
    const { columns, rows } = toTable('Nama,HP,nama,\nAni,0812,x,y', true);
    expect(columns).toEqual(['Nama', 'HP', 'nama 3', '4']);
    expect(rows).toEqual([{ line: 2, cells: ['Ani', '0812', 'x', 'y'] }]);
    expect(toTable('0812,Ani', false)).toEqual({
      columns: ['1', '2'],
      rows: [{ line: 1, cells: ['0812', 'Ani'] }],
    });
  });

  it('begins with names unless its first line has a number', () => {
    expect(looksLikeHeader('nomor,nama\n081234567890,Ani')).toBe(true);
    expect(looksLikeHeader('+62 812-3456-7890,Ani')).toBe(false);
    expect(looksLikeHeader('120363041234567890@g.us;x')).toBe(false);
  });

  it.each([
    ['by its name', 'Nama;Nomor HP\nAni;x', 'Nomor HP'],
    ['by what is in it', 'A,B\nAni,081234567890\nBudi,6281234567891', 'B'],
    ['else the first', 'A,B\nx,y', 'A'],
  ])('knows the column of the recipients %s', (_name, text, column) => {
    expect(recipientColumn(toTable(text, true))).toBe(column);
  });
});
