import type { Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { HistorySlice } from './history.ts';
import {
  branchesOf,
  devicesCondition,
  idsStatement,
  positionCondition,
} from './history-branch-statements.ts';
import { HISTORY_COLUMNS } from './history-rows.ts';
import { type Condition, joined, limited, paramsOf, rowConditions } from './search-conditions-statements.ts';
import type { SearchFilter } from './search-filter.ts';

/** All matches of the index, sorted. */
export function pageStatement(filter: SearchFilter, slice: HistorySlice): Statement {
  const beyond = slice.after ? [positionCondition(slice.after, slice.order)] : [];
  const conditions = [...indexConditions(filter), ...beyond];
  return {
    text: `select ${HISTORY_COLUMNS} from history_message as m where ${joined(conditions)}
      order by message_timestamp ${slice.order}, id ${slice.order} ${limited(slice)}`,
    params: paramsOf(conditions),
  };
}

export function countStatement(filter: SearchFilter, most: number): Statement {
  const conditions = indexConditions(filter);
  return {
    text: `select count(*) as total from (select 1 from history_message where ${joined(conditions)}
      limit ${Math.trunc(most)}) as found`,
    params: paramsOf(conditions),
  };
}

/** Of the next messages in order those that match; a page that is not full says nothing of what comes after them. */
export function nearbyStatement(filter: SearchFilter, slice: HistorySlice): Statement {
  const rows = Math.min(NEARBY.most, Math.max(NEARBY.least, (slice.offset + slice.limit) * NEARBY.each));
  const ids = nextIds(filter, { ...slice, offset: 0, limit: rows });
  const conditions = wordConditions(filter);
  return {
    text: `select ${HISTORY_COLUMNS} from (${ids.text}) as nearby join history_message as m on m.id = nearby.id
      where ${joined(conditions)} order by nearby.message_timestamp ${slice.order}, nearby.id ${slice.order} ${limited(slice)}`,
    params: [...ids.params, ...paramsOf(conditions)],
  };
}

/** How many of the newest messages match. */
export function nearbyCountStatement(
  filter: SearchFilter,
  { rows, most }: { readonly rows: number; readonly most: number },
): Statement {
  const ids = nextIds(filter, { order: 'desc', offset: 0, limit: rows });
  const conditions = wordConditions(filter);
  return {
    text: `select count(*) as total from (select 1 from (${ids.text}) as nearby
      join history_message as m on m.id = nearby.id where ${joined(conditions)} limit ${Math.trunc(most)}) as found`,
    params: [...ids.params, ...paramsOf(conditions)],
  };
}

/** Messages looked at for each that is wanted, within bounds. */
const NEARBY = { each: 30, least: 1_500, most: 6_000 };

function nextIds({ devices, range }: SearchFilter, slice: HistorySlice): Statement {
  const branches = branchesOf({ subject: { kind: 'everybody' }, devices, range }, []);
  return idsStatement(dialectOf('mysql'), branches, slice);
}

/** Short words are not in the index; they are looked for in what the others find. */
function indexConditions(filter: SearchFilter): Condition[] {
  const { terms, devices } = filter;
  const ofDevices = devicesCondition(devices);
  return [
    {
      text: 'match (search_text) against (? in boolean mode)',
      params: [terms.long.map((term) => `+${term}*`).join(' ')],
    },
    ...terms.short.map(beginsAWord),
    ...(ofDevices ? [ofDevices] : []),
    ...rowConditions(filter),
  ];
}

/** The same without the index; `m` has the row. */
function wordConditions({ terms, direction, number }: SearchFilter): Condition[] {
  const ofRow = { terms, devices: null, range: { from: null, to: null }, direction, number };
  return [...[...terms.long, ...terms.short].map(beginsAWord), ...rowConditions(ofRow)];
}

/** A space stands before every word of the column. */
const beginsAWord = (term: string): Condition => ({ text: 'search_text like ?', params: [`% ${term}%`] });
