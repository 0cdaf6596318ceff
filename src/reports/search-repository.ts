import type { Database } from '../database/database.ts';
import type { HistoryMessage, HistorySlice } from './history.ts';
import { type HistoryRow, toHistoryMessage } from './history-rows.ts';
import type { SearchFilter } from './search-filter.ts';
import * as mysql from './search-mysql-statements.ts';
import * as sqlite from './search-sqlite-statements.ts';

/** Finds messages by the words of their text. Methods throw what Database throws. */
export interface SearchRepository {
  slice(filter: SearchFilter, slice: HistorySlice): Promise<HistoryMessage[]>;
  /** How many there are, or `most` when there are more. */
  count(filter: SearchFilter, most: number): Promise<number>;
}

export function createSearchRepository({ database }: { database: Database }): SearchRepository {
  const read = database.dialect === 'sqlite' ? sqliteSearch(database) : mysqlSearch(database);
  return {
    async slice(filter, slice) {
      if (filter.devices?.length === 0) return [];
      const rows = await read.slice(filter, slice);
      return rows.map(toHistoryMessage);
    },
    count: async (filter, most) => (filter.devices?.length === 0 ? 0 : read.count(filter, most)),
  };
}

interface RowSearch {
  slice(filter: SearchFilter, slice: HistorySlice): Promise<HistoryRow[]>;
  count(filter: SearchFilter, most: number): Promise<number>;
}

/** Its index gives matches in the order of time, so it stops when the page is full. */
function sqliteSearch(database: Database): RowSearch {
  return {
    slice: (filter, slice) => database.query<HistoryRow>(sqlite.pageStatement(filter, slice)),
    count: async (filter, most) => totalOf(await database.query<Total>(sqlite.countStatement(filter, most))),
  };
}

/**
 * Its index gives all matches before the first can be told, which takes seconds for a word that is everywhere. Such a word
 * is among the next few thousand messages often enough, so they are looked at first.
 */
function mysqlSearch(database: Database): RowSearch {
  const total = async (statement: ReturnType<typeof mysql.countStatement>) =>
    totalOf(await database.query<Total>(statement));
  return {
    async slice(filter, slice) {
      const found = await database.query<HistoryRow>(mysql.nearbyStatement(filter, slice));
      if (found.length === slice.limit) return found;
      return database.query<HistoryRow>(mysql.pageStatement(filter, slice));
    },
    async count(filter, most) {
      const sample = { rows: COMMON.of, most: COMMON.of };
      const isCommon = (await total(mysql.nearbyCountStatement(filter, sample))) >= COMMON.matches;
      const scanned = { rows: (most * COMMON.of) / COMMON.matches, most };
      if (isCommon && (await total(mysql.nearbyCountStatement(filter, scanned))) === most) return most;
      return total(mysql.countStatement(filter, most));
    },
  };
}

/** So many matches among so many messages make a word common. */
const COMMON = { matches: 100, of: 1_000 };

interface Total {
  readonly total: number | string;
}

const totalOf = ([row]: readonly Total[]) => Number(row?.total ?? 0);
