import { type CsvRecord, parseCsv } from './csv.ts';

/** Rows under names; without a first line of names the columns are called 1, 2, 3. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRecord[];
}

export const NO_TABLE: Table = { columns: [], rows: [] };

/** Reads what was pasted or brought. */
export function toTable(text: string, hasHeader: boolean): Table {
  const records = parseCsv(text);
  const [first] = records;
  if (!first) return NO_TABLE;
  const width = records.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  const names = Array.from({ length: width }, (_, index) =>
    hasHeader ? (first.cells[index] ?? '').trim() : '',
  );
  return { columns: distinct(names), rows: hasHeader ? records.slice(1) : records };
}

/** Whether the first line looks like names: it has no number that one could write to. */
export function looksLikeHeader(text: string): boolean {
  const [first] = parseCsv(text);
  return first !== undefined && !first.cells.some(isAddress);
}

const RECIPIENT_NAME =
  /^(to|recipient|phone|phone ?number|number|mobile|whatsapp|wa|hp|nomor|no|tujuan|penerima|telepon|telp|jid|group|group ?id|grup|(no\.?|nomor) ?(hp|wa|whatsapp|telp|telepon|tujuan))$/i;

/** The column that most likely says who to write to: by its name, else by what stands in it. */
export function recipientColumn({ columns, rows }: Table): string {
  const named = columns.find((column) => RECIPIENT_NAME.test(column.replaceAll(/[_-]/g, ' ').trim()));
  if (named !== undefined) return named;
  const sample = rows.slice(0, 20);
  const found = columns.findIndex((_, index) => {
    const hits = sample.filter(({ cells }) => isAddress(cells[index] ?? '')).length;
    return hits > 0 && hits * 2 >= sample.length;
  });
  return columns[found] ?? columns[0] ?? '';
}

function isAddress(cell: string): boolean {
  return cell.includes('@') ? /@(g\.us|s\.whatsapp\.net|lid)$/.test(cell.trim()) : isNumber(cell);
}

function isNumber(cell: string): boolean {
  const digits = cell.replaceAll(/[\s().+-]/g, '');
  return /^\d{8,15}$/.test(digits);
}

/** The value of a column in a row; '' where the row is shorter. */
export function cellOf({ columns }: Table, { cells }: CsvRecord, column: string): string {
  return (cells[columns.indexOf(column)] ?? '').trim();
}

/** Empty names get their number; a name that is there already gets one as well. */
function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name, index) => {
    const wanted = name === '' ? String(index + 1) : name;
    const free = seen.has(wanted.toLowerCase()) ? `${wanted} ${index + 1}` : wanted;
    seen.add(free.toLowerCase());
    return free;
  });
}
