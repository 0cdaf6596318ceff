import { AppError } from '../shared/errors.ts';
import type { RecipientListService } from './recipient-list-service.ts';
import type { OnExisting, RecipientService } from './recipient-service.ts';
import { type BadRow, readRecipientTable, type TableMapping } from './recipient-table.ts';

interface ImportDeps {
  readonly recipients: Pick<RecipientService, 'takeMany'>;
  readonly recipientLists: Pick<RecipientListService, 'view' | 'addMembers'>;
}

export interface TableImport {
  /** The file as it came. */
  readonly bytes: Uint8Array;
  readonly mapping: TableMapping;
  readonly onExisting: OnExisting;
}

export type RecipientImportService = ReturnType<typeof createRecipientImportService>;

/** Tables of people, taken as recipients and put on a list. */
export function createRecipientImportService({ recipients, recipientLists }: ImportDeps) {
  return {
    /**
     * Tells of each bad row what is wrong with it; all others are taken, so it may be repeated. Throws RECIPIENT_LIST_NOT_FOUND and what
     * readRecipientTable throws; VALIDATION_FAILED also where names would be overwritten by numbers.
     */
    async importInto(listId: number, { bytes, mapping, onExisting }: TableImport) {
      await recipientLists.view(listId);
      const { columns, entries, bad } = readRecipientTable(bytes, mapping);
      if (onExisting === 'update' && columns.name === null)
        throw new AppError('VALIDATION_FAILED', { in: 'body', field: 'name_column' });
      const report = await recipients.takeMany(entries, onExisting);
      const invalid = report.items.flatMap(({ index, status }): BadRow[] =>
        status === 'invalid' ? [badNumber(entries[index]?.line ?? 0, columns.number)] : [],
      );
      const ids = new Set(report.items.flatMap(({ id }) => id ?? []));
      const { changed, list } = await recipientLists.addMembers(listId, [...ids]);
      const problems = [...bad, ...invalid].sort((one, other) => one.line - other.line);
      return {
        columns: { ...columns, fields: [...columns.fields] },
        rows: entries.length + bad.length,
        created: report.created,
        updated: report.updated,
        existing: report.existing,
        invalid: problems.length,
        added: changed,
        bad: problems.slice(0, MOST_TOLD),
        list,
      };
    },
  };
}

/** Bad rows that are named; the others are only counted. */
const MOST_TOLD = 1_000;

function badNumber(line: number, column: string): BadRow {
  return { line, column, code: 'RECIPIENT_INVALID', message: 'The recipient is not a phone number' };
}
