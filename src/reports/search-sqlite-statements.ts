import type { Statement } from '../database/database.ts';
import type { HistorySlice, Position } from './history.ts';
import { HISTORY_COLUMNS } from './history-rows.ts';
import { type Condition, joined, limited, paramsOf, rowConditions } from './search-conditions-statements.ts';
import type { SearchFilter } from './search-filter.ts';

/** The keys of the index sort by time, so a page is read from it in order, without looking at what comes later. */
export function pageStatement(filter: SearchFilter, slice: HistorySlice): Statement {
  const beyond = slice.after ? [beyondKey(slice.after, slice.order)] : [];
  const conditions = [...indexConditions(filter), ...beyond, ...rowConditions(filter)];
  return {
    text: `select ${HISTORY_COLUMNS} from ${FOUND} where ${joined(conditions)}
      order by history_search.rowid ${slice.order} ${limited(slice)}`,
    params: paramsOf(conditions),
  };
}

export function countStatement(filter: SearchFilter, most: number): Statement {
  const ofRows = rowConditions(filter);
  const conditions = [...indexConditions(filter), ...ofRows];
  const from = ofRows.length > 0 ? FOUND : 'history_search';
  return {
    text: `select count(*) as total from (select 1 from ${from} where ${joined(conditions)} limit ${Math.trunc(most)})`,
    params: paramsOf(conditions),
  };
}

/** `cross join` keeps the order of the tables: SQLite begins with the one on the left. */
const FOUND = `history_search cross join history_search_key as k on k.search_key = history_search.rowid
  cross join history_message as m on m.id = k.message_id`;

function indexConditions({ terms, devices, range }: SearchFilter): Condition[] {
  const words = [...terms.long, ...terms.short].map((term) => `"${term}"*`).join(' ');
  const ids = devices?.map((device) => `"${Buffer.from(device).toString('hex')}"`).join(' OR ');
  const match = `text : (${words})${ids === undefined ? '' : ` AND device : (${ids})`}`;
  return [
    { text: 'history_search match ?', params: [match] },
    ...(range.from ? [{ text: 'history_search.rowid >= (? << 24)', params: [secondOf(range.from)] }] : []),
    ...(range.to ? [{ text: 'history_search.rowid < ((? + 1) << 24)', params: [secondOf(range.to)] }] : []),
  ];
}

/** The last message of a page may be gone by now; then its second is read again rather than skipped. */
function beyondKey({ at, id }: Position, order: 'asc' | 'desc'): Condition {
  const key = 'select search_key from history_search_key where message_id = ?';
  const text =
    order === 'asc'
      ? `history_search.rowid > coalesce((${key}), ? << 24)`
      : `history_search.rowid < coalesce((${key}), (? + 1) << 24)`;
  return { text, params: [id, secondOf(at)] };
}

const secondOf = (at: Date) => Math.floor(at.getTime() / 1_000);
