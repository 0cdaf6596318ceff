import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { HistoryFilter, HistoryMessage, HistorySlice } from './history.ts';
import { branchesOf, countStatement, devicesCondition, idsStatement } from './history-branch-statements.ts';
import { HISTORY_COLUMNS, type HistoryRow, toHistoryMessage } from './history-rows.ts';

/** Reads history by time. Methods throw what Database throws. */
export interface HistoryRepository {
  /** What a page costs grows with its offset, and not with the place of `after`. */
  slice(filter: HistoryFilter, slice: HistorySlice): Promise<HistoryMessage[]>;
  count(filter: HistoryFilter): Promise<number>;
}

export function createHistoryRepository({ database }: { database: Database }): HistoryRepository {
  const dialect = dialectOf(database.dialect);

  const branches = async (filter: HistoryFilter) => branchesOf(filter, await twinsOf(database, filter));

  return {
    async slice(filter, slice) {
      const parts = await branches(filter);
      if (parts.length === 0) return [];
      const rows = await database.query<HistoryRow>(
        sliceStatement(idsStatement(dialect, parts, slice), slice),
      );
      return rows.map(toHistoryMessage);
    },
    async count(filter) {
      let total = 0;
      for (const branch of await branches(filter)) {
        const [row] = await database.query<{ total: number }>(countStatement(dialect, branch));
        total += Number(row?.total ?? 0);
      }
      return total;
    },
  };
}

/** The rows are looked up for the ids of the page only, so that what is skipped is read from the index alone. */
export function sliceStatement(
  { text, params }: Statement,
  { order }: Pick<HistorySlice, 'order'>,
): Statement {
  return {
    text: `select ${HISTORY_COLUMNS} from (${text}) as page join history_message as m on m.id = page.id
      order by page.message_timestamp ${order}, page.id ${order}`,
    params,
  };
}

/** The devices of the first number when both numbers are ours; only then a message can be kept twice. */
async function twinsOf(database: Database, { subject, devices }: HistoryFilter): Promise<string[]> {
  if ((subject.kind !== 'directed' && subject.kind !== 'between') || devices?.length === 0) return [];
  const [first, second] = subject.numbers;
  const visible = devicesCondition(devices);
  const rows = await database.query<{ device_id: string; phone_number: string }>({
    text: `select device_id, phone_number from device where phone_number in (?, ?)${visible ? ` and ${visible.text}` : ''}`,
    params: [first, second, ...(visible?.params ?? [])],
  });
  const of = (number: string) =>
    rows.filter(({ phone_number }) => phone_number === number).map(({ device_id }) => device_id);
  return of(second).length > 0 ? of(first) : [];
}
