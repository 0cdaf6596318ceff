import type { Database, SqlValue } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { RecipientList } from './recipient.ts';
import { type RecipientListRow, toRecipientList } from './recipient-rows.ts';

export type NewRecipientList = Pick<RecipientList, 'name' | 'description'>;

export type RecipientListRepository = ReturnType<typeof createRecipientListRepository>;

const ROWS_AT_ONCE = 200;
const SELECT = `select l.*, (select count(*) from recipient_list_member m where m.list_id = l.id) as members
  from recipient_list l`;

/** The rows of recipient lists and who is on them. Methods throw what Database throws. */
export function createRecipientListRepository({ database }: { database: Database }) {
  const find = async (column: 'id' | 'name', value: SqlValue): Promise<RecipientList | null> => {
    const [row] = await database.query<RecipientListRow>({
      text: `${SELECT} where l.${column} = ?`,
      params: [value],
    });
    return row ? toRecipientList(row) : null;
  };

  return {
    find: (id: number) => find('id', id),
    findByName: (name: string) => find('name', name),

    async list({ limit, offset }: { limit: number; offset: number }): Promise<RecipientList[]> {
      const rows = await database.query<RecipientListRow>({
        text: `${SELECT} order by l.name limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params: [],
      });
      return rows.map(toRecipientList);
    },

    async count(): Promise<number> {
      const [row] = await database.query<{ total: number }>({
        text: 'select count(*) as total from recipient_list',
        params: [],
      });
      return Number(row?.total ?? 0);
    },

    /** Null when the name is taken. */
    async add({ name, description }: NewRecipientList, at: Date): Promise<RecipientList | null> {
      try {
        await database.run({
          text: 'insert into recipient_list (name, description, created_at, updated_at) values (?, ?, ?, ?)',
          params: [name, description, at, at],
        });
      } catch (error) {
        if (error instanceof DuplicateKeyError) return null;
        throw error;
      }
      return find('name', name);
    },

    async change(
      id: number,
      change: Partial<NewRecipientList>,
      at: Date,
    ): Promise<'changed' | 'unknown' | 'taken'> {
      const columns: [string, SqlValue][] = [['updated_at', at]];
      if (change.name !== undefined) columns.push(['name', change.name]);
      if (change.description !== undefined) columns.push(['description', change.description]);
      try {
        const { changes } = await database.run({
          text: `update recipient_list set ${columns.map(([name]) => `${name} = ?`).join(', ')} where id = ?`,
          params: [...columns.map(([, value]) => value), id],
        });
        return changes === 1 ? 'changed' : 'unknown';
      } catch (error) {
        if (error instanceof DuplicateKeyError) return 'taken';
        throw error;
      }
    },

    /** Its members stay recipients. False when there is no such list. */
    async remove(id: number): Promise<boolean> {
      const { changes } = await database.writeAtomically({
        statements: [
          { text: 'delete from recipient_list_member where list_id = ?', params: [id] },
          { text: 'delete from recipient_list where id = ?', params: [id] },
        ],
      });
      return changes[1] === 1;
    },

    /** Puts those that exist on the list; resolves with how many were not on it. */
    async addMembers(listId: number, recipientIds: readonly number[]): Promise<number> {
      return writeMembers(recipientIds, (some) => ({
        text: `insert into recipient_list_member (list_id, recipient_id)
            select ?, r.id from recipient r where r.id in (${some.map(() => '?').join(', ')})
              and not exists (select 1 from recipient_list_member m where m.list_id = ? and m.recipient_id = r.id)
              and exists (select 1 from recipient_list l where l.id = ?)`,
        params: [listId, ...some, listId, listId],
      }));
    },

    /** Resolves with how many were on the list. */
    async removeMembers(listId: number, recipientIds: readonly number[]): Promise<number> {
      return writeMembers(recipientIds, (some) => ({
        text: `delete from recipient_list_member where list_id = ? and recipient_id in (${some.map(() => '?').join(', ')})`,
        params: [listId, ...some],
      }));
    },
  };

  async function writeMembers(
    ids: readonly number[],
    statementFor: (some: readonly number[]) => { text: string; params: SqlValue[] },
  ): Promise<number> {
    const statements = [];
    for (let from = 0; from < ids.length; from += ROWS_AT_ONCE) {
      statements.push(statementFor(ids.slice(from, from + ROWS_AT_ONCE)));
    }
    if (statements.length === 0) return 0;
    const { changes } = await database.writeAtomically({ statements });
    return changes.reduce((sum, count) => sum + count, 0);
  }
}
