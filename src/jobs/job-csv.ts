import type { JobItemView } from './job-view.ts';

const COLUMNS = [
  'index',
  'to',
  'messageId',
  'status',
  'attempts',
  'errorCode',
  'errorMessage',
  'sentAt',
  'deliveredAt',
  'readAt',
] as const;

/** The first line of the ledger as CSV (RFC 4180). */
export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** One line of the ledger. */
export function csvLine({ error, ...item }: JobItemView): string {
  const values = { ...item, errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
  return `${COLUMNS.map((column) => csvCell(values[column])).join(',')}\r\n`;
}

/** A spreadsheet runs what begins like a formula, so such a text gets an apostrophe in front. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
