import { type CsvDelimiter, type CsvRow, delimiterOf, readCsv } from '../shared/csv-reader.ts';
import { AppError } from '../shared/errors.ts';
import type { RecipientEntry } from './recipient-service.ts';

/** Which columns of a table say what, by what their heads say; what is left out is guessed. */
export interface TableMapping {
  readonly numberColumn?: string | undefined;
  readonly nameColumn?: string | undefined;
  /** None: all others whose heads can be names of fields. */
  readonly fieldColumns?: readonly string[] | undefined;
  readonly delimiter?: CsvDelimiter | undefined;
}

/** How a table was understood. */
export interface TableColumns {
  readonly number: string;
  readonly name: string | null;
  readonly fields: readonly string[];
}

/** What is wrong with a row. */
export interface BadRow {
  /** Of the file, from 1; the heads are on the first. */
  readonly line: number;
  readonly column: string | null;
  readonly code: 'VALIDATION_FAILED' | 'RECIPIENT_INVALID';
  readonly message: string;
}

export interface RecipientTable {
  readonly columns: TableColumns;
  readonly entries: readonly (RecipientEntry & { readonly line: number })[];
  readonly bad: readonly BadRow[];
}

const NUMBER_HEADS = [
  'number',
  'phone',
  'phone number',
  'phone_number',
  'whatsapp',
  'mobile',
  'nomor',
  'no hp',
  'telepon',
];
const NAME_HEADS = ['name', 'full name', 'nama', 'nama lengkap'];
const FIELD_NAME = /^[a-zA-Z0-9_]{1,40}$/;
const MOST_ROWS = 10_000;
/** Each row looks for its heads among them. */
const MOST_COLUMNS = 200;
const MOST_FIELDS = 30;
const LONGEST_NAME = 191;
const LONGEST_NUMBER = 80;
const LONGEST_FIELD = 500;

/**
 * Reads a table in UTF-8 with heads, row by row: a bad one does not spoil the others. Throws VALIDATION_FAILED for what is no such table,
 * for a column it has not, and for more than 200 columns or 10,000 rows.
 */
export function readRecipientTable(bytes: Uint8Array, mapping: TableMapping): RecipientTable {
  const text = textOf(bytes);
  const rows = readCsv(text, mapping.delimiter ?? delimiterOf(text));
  const head = rows.next();
  if (head.done) throw refusal({ reason: 'the file is empty' });
  if (head.value.cells.length > MOST_COLUMNS) throw refusal({ reason: `more than ${MOST_COLUMNS} columns` });
  const heads = head.value.cells.map((cell) => cell.trim());
  const columns = columnsOf(heads, mapping);
  const entries: (RecipientEntry & { line: number })[] = [];
  const bad: BadRow[] = [];
  for (const row of rows) {
    if (entries.length + bad.length === MOST_ROWS) throw refusal({ reason: `more than ${MOST_ROWS} rows` });
    const read = entryOf(row, { heads, columns });
    if ('code' in read) bad.push(read);
    else entries.push(read);
  }
  return { columns, entries, bad };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal({ reason: 'the file is not UTF-8: save it as "CSV UTF-8"' });
  }
}

function columnsOf(heads: readonly string[], mapping: TableMapping): TableColumns {
  const find = (field: string, named: string | undefined, guesses: readonly string[]): string | null => {
    const wanted = named === undefined ? guesses : [named.trim()];
    const isWanted = (head: string) => wanted.some((each) => each.toLowerCase() === head.toLowerCase());
    const found = heads.find(isWanted);
    if (found === undefined && named !== undefined) throw refusal({ field, heads });
    return found ?? null;
  };
  const number = find('number_column', mapping.numberColumn, NUMBER_HEADS);
  if (number === null) throw refusal({ field: 'number_column', heads });
  const name = find('name_column', mapping.nameColumn, NAME_HEADS);
  const others = heads.filter((head) => head !== number && head !== name && FIELD_NAME.test(head));
  const fields = mapping.fieldColumns ?? [...new Set(others)].slice(0, MOST_FIELDS);
  const isField = (head: string) => heads.includes(head) && FIELD_NAME.test(head);
  if (fields.length > MOST_FIELDS || !fields.every(isField)) throw refusal({ field: 'field_columns', heads });
  return { number, name, fields };
}

interface Reading {
  readonly heads: readonly string[];
  readonly columns: TableColumns;
}

function entryOf({ line, cells }: CsvRow, { heads, columns }: Reading) {
  // What a spreadsheet would run has an apostrophe before it where we wrote the table.
  const cell = (head: string) => (cells[heads.indexOf(head)] ?? '').trim().replace(/^'(?=[=+\-@])/, '');
  const refuse = (column: string | null, message: string): BadRow => ({
    line,
    column,
    code: 'VALIDATION_FAILED',
    message,
  });
  if (cells.length > heads.length) return refuse(null, `${cells.length} cells under ${heads.length} heads`);
  const number = cell(columns.number);
  if (number === '' || number.length > LONGEST_NUMBER) return refuse(columns.number, 'no number');
  const name = columns.name === null ? number : cell(columns.name);
  if (name === '' || name.length > LONGEST_NAME) {
    return refuse(columns.name, `a name of 1 to ${LONGEST_NAME} characters`);
  }
  const tooLong = columns.fields.find((head) => cell(head).length > LONGEST_FIELD);
  if (tooLong !== undefined) return refuse(tooLong, `longer than ${LONGEST_FIELD} characters`);
  const filled = columns.fields.filter((head) => cell(head) !== '');
  return { line, name, number, fields: Object.fromEntries(filled.map((head) => [head, cell(head)])) };
}

function refusal(details: Readonly<Record<string, unknown>>): AppError {
  return new AppError('VALIDATION_FAILED', { in: 'body', ...details });
}
