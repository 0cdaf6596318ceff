import { AppError } from './errors.ts';

/** A row of a table, with the line of the file on which it begins, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What stands between two cells of a line. */
export type CsvDelimiter = ',' | ';' | '\t' | '|';

const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t', '|'];

/** The one that stands most often in the first line. */
export function delimiterOf(text: string): CsvDelimiter {
  const [head = ''] = text.split(/[\r\n]/, 1);
  const times = (delimiter: string) => head.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (times(each) > times(best) ? each : best));
}

/**
 * The rows of a table as spreadsheets write it (RFC 4180, with any kind of line end); empty lines are left out. Throws VALIDATION_FAILED
 * for a quote that is not closed, or not at the end of its cell.
 */
export function* readCsv(text: string, delimiter: CsvDelimiter): Generator<CsvRow> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begun = line;
    const cells: string[] = [];
    for (let goesOn = true; goesOn; ) {
      const { value, end } = text[at] === '"' ? quoted(text, at, line) : plain(text, at, delimiter);
      if (text[at] === '"') line += linesIn(text.slice(at, end));
      cells.push(value);
      goesOn = text[end] === delimiter;
      at = goesOn ? end + 1 : end;
    }
    if (at < text.length && !isLineEnd(text[at]))
      throw broken(line, 'something stands behind a closing quote');
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    if (cells.some((cell) => cell.trim() !== '')) yield { line: begun, cells };
  }
}

interface Cell {
  readonly value: string;
  readonly end: number;
}

function quoted(text: string, from: number, line: number): Cell {
  const parts: string[] = [];
  for (let at = from + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw broken(line, 'a quote is not closed');
    parts.push(text.slice(at, quote));
    if (text[quote + 1] !== '"') return { value: parts.join('"'), end: quote + 1 };
    at = quote + 2;
  }
}

function plain(text: string, from: number, delimiter: CsvDelimiter): Cell {
  let end = from;
  while (end < text.length && text[end] !== delimiter && !isLineEnd(text[end])) end += 1;
  return { value: text.slice(from, end), end };
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

function linesIn(text: string): number {
  return text.split(/\r\n|\r|\n/).length - 1;
}

function broken(line: number, reason: string): AppError {
  return new AppError('VALIDATION_FAILED', { in: 'body', line, reason });
}
