import { csvLine } from '../shared/csv.ts';
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
export const CSV_HEAD = csvLine(COLUMNS);

/** One line of the ledger. */
export function ledgerLine({ error, ...item }: JobItemView): string {
  const values = { ...item, errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
  return csvLine(COLUMNS.map((column) => values[column]));
}
