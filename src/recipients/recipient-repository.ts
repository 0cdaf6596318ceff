import type { Database, SqlValue } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import { dialectOf } from '../database/dialect.ts';
import type { NewRecipient, Recipient } from './recipient.ts';
import { type RecipientRow, toRecipient } from './recipient-rows.ts';

export interface RecipientFilter {
  /** Part of a name, in any case, or of a number. */
  readonly text?: string | undefined;
  readonly listId?: number | undefined;
}

export interface RecipientPage extends RecipientFilter {
  readonly limit: number;
  readonly offset: number;
}

export type RecipientRepository = ReturnType<typeof createRecipientRepository>;

/** Rows and placeholders of one statement. */
const ROWS_AT_ONCE = 200;
const COLUMNS = ['name', 'number', 'fields', 'created_at', 'updated_at'];

/** The rows of recipients. Methods throw what Database throws. */
export function createRecipientRepository({ database }: { database: Database }) {
  const { insertIgnore } = dialectOf(database.dialect);

  const byNumbers = async (numbers: readonly string[]): Promise<Recipient[]> => {
    const found: Recipient[] = [];
    for (let from = 0; from < numbers.length; from += ROWS_AT_ONCE) {
      const some = numbers.slice(from, from + ROWS_AT_ONCE);
      const rows = await database.query<RecipientRow>({
        text: `select * from recipient where number in (${some.map(() => '?').join(', ')})`,
        params: some,
      });
      found.push(...rows.map(toRecipient));
    }
    return found;
  };

  return {
    async find(id: number): Promise<Recipient | null> {
      const [row] = await database.query<RecipientRow>({
        text: 'select * from recipient where id = ?',
        params: [id],
      });
      return row ? toRecipient(row) : null;
    },

    byNumbers,

    /** By name, then by age. */
    async list({ limit, offset, ...filter }: RecipientPage): Promise<Recipient[]> {
      const { text, params } = conditionsOf(filter);
      const rows = await database.query<RecipientRow>({
        text: `select r.* from recipient r where ${text} order by r.name, r.id
          limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params,
      });
      return rows.map(toRecipient);
    },

    async count(filter: RecipientFilter = {}): Promise<number> {
      const { text, params } = conditionsOf(filter);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from recipient r where ${text}`,
        params,
      });
      return Number(row?.total ?? 0);
    },

    /** Leaves those alone whose number is there already. */
    async add(recipients: readonly NewRecipient[], at: Date): Promise<void> {
      const statements = [];
      for (let from = 0; from < recipients.length; from += ROWS_AT_ONCE) {
        const some = recipients.slice(from, from + ROWS_AT_ONCE);
        statements.push({
          text: insertIgnore({ table: 'recipient', columns: COLUMNS, rows: some.length }),
          params: some.flatMap(({ name, number, fields }): SqlValue[] => [
            name.toWellFormed(),
            number,
            JSON.stringify(fields),
            at,
            at,
          ]),
        });
      }
      if (statements.length > 0) await database.writeAtomically({ statements });
    },

    /** `unknown` when there is no such recipient, `taken` when another one has the number. */
    async change(
      id: number,
      change: Partial<NewRecipient>,
      at: Date,
    ): Promise<'changed' | 'unknown' | 'taken'> {
      const columns = columnsOf(change);
      try {
        const { changes } = await database.run({
          text: `update recipient set ${[...columns.map(([name]) => `${name} = ?`), 'updated_at = ?'].join(', ')}
            where id = ?`,
          params: [...columns.map(([, value]) => value), at, id],
        });
        return changes === 1 ? 'changed' : 'unknown';
      } catch (error) {
        if (error instanceof DuplicateKeyError) return 'taken';
        throw error;
      }
    },

    /** Takes the recipient off all lists as well; false when there is none. */
    async remove(id: number): Promise<boolean> {
      const { changes } = await database.writeAtomically({
        statements: [
          { text: 'delete from recipient_list_member where recipient_id = ?', params: [id] },
          { text: 'delete from recipient where id = ?', params: [id] },
        ],
      });
      return changes[1] === 1;
    },
  };
}

function columnsOf({ name, number, fields }: Partial<NewRecipient>): [string, SqlValue][] {
  const columns: [string, SqlValue | undefined][] = [
    ['name', name?.toWellFormed()],
    ['number', number],
    ['fields', fields && JSON.stringify(fields)],
  ];
  return columns.flatMap(([column, value]): [string, SqlValue][] =>
    value === undefined ? [] : [[column, value]],
  );
}

function conditionsOf({ text, listId }: RecipientFilter) {
  const conditions: [string, readonly SqlValue[]][] = [['1 = 1', []]];
  if (text !== undefined) {
    const pattern = `%${text.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
    conditions.push(["(lower(r.name) like ? escape '!' or r.number like ? escape '!')", [pattern, pattern]]);
  }
  if (listId !== undefined) {
    conditions.push([
      'exists (select 1 from recipient_list_member m where m.list_id = ? and m.recipient_id = r.id)',
      [listId],
    ]);
  }
  return {
    text: conditions.map(([condition]) => condition).join(' and '),
    params: conditions.flatMap(([, values]) => values),
  };
}
