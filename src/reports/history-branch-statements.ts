import type { SqlValue, Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import type { HistoryFilter, HistorySlice, Position, TimeRange } from './history.ts';

/** Messages that stand in order in one index. A filter is one branch, or the union of several without a common message. */
export interface Branch {
  readonly index: string;
  readonly conditions: readonly string[];
  readonly params: readonly SqlValue[];
}

/** More devices than this are read by time and filtered; up to it, each is a branch of its own. */
const DEVICES_APART = 50;

/**
 * `twins`: the devices of the first of two numbers, when both are ours. Then a message between the two is kept twice,
 * and is answered as the first kept it.
 */
export function branchesOf(filter: HistoryFilter, twins: readonly string[]): Branch[] {
  if (filter.devices?.length === 0) return [];
  const branches = subjectBranches(filter, twins);
  return branches.map((branch) => narrowed(branch, rangeCondition(filter.range)));
}

function subjectBranches({ subject, devices }: HistoryFilter, twins: readonly string[]): Branch[] {
  const ofDevices = devicesCondition(devices);
  const by = (index: string, text: string, ...params: SqlValue[]): Branch =>
    narrowed({ index: `history_message_${index}_idx`, conditions: [text], params }, ofDevices);
  switch (subject.kind) {
    case 'everybody':
      if (devices === null || devices.length > DEVICES_APART) {
        return [narrowed({ index: 'history_message_time_idx', conditions: [], params: [] }, ofDevices)];
      }
      return devices.map((device) => ({
        index: 'history_message_device_time_idx',
        conditions: ['device_id = ?'],
        params: [device],
      }));
    case 'chat':
      return [by('chat_time', 'chat_jid = ?', subject.chat)];
    case 'own':
      return [by('own_time', 'own_number = ?', subject.number)];
    case 'sender':
      return [by('sender_time', 'sender_number = ?', subject.number)];
    case 'receiver':
      return [by('receiver_time', 'receiver_number = ?', subject.number)];
    case 'either': {
      const others = '(sender_number is null or sender_number <> ?)';
      return [
        by('sender_time', 'sender_number = ?', subject.number),
        by('receiver_time', `receiver_number = ? and ${others}`, subject.number, subject.number),
      ];
    }
    case 'directed':
    case 'between': {
      const [first, second] = subject.numbers;
      const direction = (word: string) => (subject.kind === 'directed' ? ` and direction = '${word}'` : '');
      const pair = (word: string) => `own_number = ? and contact_number = ?${direction(word)}`;
      const kept = by('pair_time', pair('out'), first, second);
      if (first === second) return [kept];
      return [kept, narrowed(by('pair_time', pair('in'), second, first), notTwice(first, twins))];
    }
  }
}

/** A message of the second number is left out when the first number, which is ours as well, has it too. */
function notTwice(first: string, twins: readonly string[]): Condition | null {
  if (twins.length === 0) return null;
  return {
    text: `not exists (select 1 from history_message as twin where twin.device_id in (${marks(twins)})
      and twin.wa_message_id = history_message.wa_message_id and twin.own_number = ?)`,
    params: [...twins, first],
  };
}

interface Condition {
  readonly text: string;
  readonly params: readonly SqlValue[];
}

/** Null for all devices. */
export function devicesCondition(devices: readonly string[] | null): Condition | null {
  return devices === null ? null : { text: `device_id in (${marks(devices)})`, params: devices };
}

/** Null without a bound. */
export function rangeCondition({ from, to }: TimeRange): Condition | null {
  const parts = [...(from ? ['message_timestamp >= ?'] : []), ...(to ? ['message_timestamp < ?'] : [])];
  if (parts.length === 0) return null;
  return { text: parts.join(' and '), params: [from, to].filter((bound) => bound !== null) };
}

/** The second comparison is the first again for an index, which reads it as a range on both databases. */
export function positionCondition({ at, id }: Position, order: 'asc' | 'desc'): Condition {
  const beyond = order === 'asc' ? '>' : '<';
  const text = `message_timestamp ${beyond}= ? and (message_timestamp ${beyond} ? or (message_timestamp = ? and id ${beyond} ?))`;
  return { text, params: [at, at, at, id] };
}

export function narrowed(branch: Branch, condition: Condition | null): Branch {
  if (condition === null) return branch;
  return {
    index: branch.index,
    conditions: [...branch.conditions, condition.text],
    params: [...branch.params, ...condition.params],
  };
}

/** The ids of a slice with their times, in order: each branch gives at most what the slice can take of it. */
export function idsStatement(
  dialect: Dialect,
  branches: readonly Branch[],
  { order, after, offset, limit }: HistorySlice,
): Statement {
  const sorted = `order by message_timestamp ${order}, id ${order}`;
  const parts = branches.map((branch) => narrowed(branch, after ? positionCondition(after, order) : null));
  const select = (branch: Branch) =>
    `select id, message_timestamp from ${dialect.forceIndex('history_message', branch.index)}
      ${where(branch)} ${sorted}`;
  const params = parts.flatMap((branch) => branch.params);
  const [only] = parts;
  const part = (branch: Branch, index: number) =>
    `select id, message_timestamp from (${select(branch)} limit ${Math.trunc(offset + limit)}) as branch_${index}`;
  const text =
    only && parts.length === 1
      ? select(only)
      : `select id, message_timestamp from (${parts.map(part).join(' union all ')}) as branches ${sorted}`;
  return { text: `${text} limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`, params };
}

export function countStatement(dialect: Dialect, branch: Branch): Statement {
  return {
    text: `select count(*) as total from ${dialect.forceIndex('history_message', branch.index)} ${where(branch)}`,
    params: branch.params,
  };
}

/** The conditions of a branch, with the word before them when there are any. */
export function where({ conditions }: Pick<Branch, 'conditions'>): string {
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
}

export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
