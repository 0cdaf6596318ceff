import type { SqlValue } from '../database/database.ts';
import type { HistorySlice } from './history.ts';
import { rangeCondition } from './history-branch-statements.ts';
import type { SearchFilter } from './search-filter.ts';

export interface Condition {
  readonly text: string;
  readonly params: readonly SqlValue[];
}

/** What an index of words does not know; the columns are those of the message. */
export function rowConditions({ range, direction, number }: SearchFilter): Condition[] {
  const within = rangeCondition(range);
  return [
    ...(within ? [within] : []),
    ...(direction ? [{ text: 'direction = ?', params: [direction] }] : []),
    ...(number ? [{ text: '(sender_number = ? or receiver_number = ?)', params: [number, number] }] : []),
  ];
}

export const joined = (conditions: readonly Condition[]) => conditions.map(({ text }) => text).join(' and ');
export const paramsOf = (conditions: readonly Condition[]) => conditions.flatMap(({ params }) => params);
export const limited = ({ limit, offset }: HistorySlice) =>
  `limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`;
