import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { HistoryMessage } from './history.ts';
import { devicesCondition, marks, narrowed, rangeCondition, where } from './history-branch-statements.ts';
import { HISTORY_COLUMNS, type HistoryRow, toHistoryMessage } from './history-rows.ts';

/** Messages of some devices, or of all when null, from one instant to another. */
export interface FiguresFilter {
  readonly devices: readonly string[] | null;
  readonly from: Date;
  readonly to: Date;
}

/** How many messages of a kind there were within a quarter of an hour. */
export interface Tally {
  readonly direction: 'in' | 'out';
  readonly type: string;
  readonly status: string | null;
  readonly quarter: Date;
  readonly messages: number;
}

/** What one device did in a while. */
export interface DeviceTally {
  readonly deviceId: string;
  readonly incoming: number;
  readonly outgoing: number;
  readonly inGroups: number;
  readonly media: number;
  readonly delivered: number;
  readonly read: number;
  readonly played: number;
  readonly contacts: number;
}

/** Which pairs to count: of a number as sender, or as receiver. Digits. */
export interface PairFilter {
  readonly role: 'sender' | 'receiver';
  readonly number: string;
  readonly devices: readonly string[] | null;
  readonly range: { readonly from: Date | null; readonly to: Date | null };
}

/** The messages between the number and another one, in one direction. */
export interface PairTally {
  readonly other: string;
  readonly messages: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Counts history. Methods throw what Database throws. */
export interface FiguresRepository {
  tallies(filter: FiguresFilter): Promise<Tally[]>;
  /** The other sides of its 1:1 chats. */
  contacts(filter: FiguresFilter): Promise<string[]>;
  deviceTallies(filter: FiguresFilter): Promise<DeviceTally[]>;
  pairs(filter: PairFilter): Promise<PairTally[]>;
  /** The last messages of these pairs; of several in the same instant, each. */
  lastOfPairs(
    filter: PairFilter,
    pairs: readonly Pick<PairTally, 'other' | 'lastAt'>[],
  ): Promise<HistoryMessage[]>;
}

export function createFiguresRepository({ database }: { database: Database }): FiguresRepository {
  const statements = figuresStatements(database.dialect);
  return {
    async tallies(filter) {
      const rows = await database.query<TallyRow>(statements.tallies(filter));
      return rows.map(toTally);
    },
    async contacts(filter) {
      const rows = await database.query<{ contact_number: string }>(statements.contacts(filter));
      return rows.map(({ contact_number }) => contact_number);
    },
    async deviceTallies(filter) {
      const rows = await database.query<DeviceTallyRow>(statements.deviceTallies(filter));
      return rows.map(toDeviceTally);
    },
    async pairs(filter) {
      if (filter.devices?.length === 0) return [];
      const rows = await database.query<PairRow>(statements.pairs(filter));
      return rows.map((row) => ({
        other: row.other,
        messages: Number(row.messages),
        firstAt: new Date(row.first_at),
        lastAt: new Date(row.last_at),
      }));
    },
    async lastOfPairs(filter, pairs) {
      if (pairs.length === 0) return [];
      const rows = await database.query<HistoryRow>(statements.lastOfPairs(filter, pairs));
      return rows.map(toHistoryMessage);
    },
  };
}

/** The statements, for the tests that look at their plans. */
export function figuresStatements(name: Database['dialect']) {
  const dialect = dialectOf(name);
  const minute = dialect.minuteOf('message_timestamp');
  const within = ({ devices, from, to }: FiguresFilter) => {
    const index = devices === null ? 'history_message_time_idx' : 'history_message_device_time_idx';
    const branch = narrowed({ index, conditions: [], params: [] }, devicesCondition(devices));
    const narrow = narrowed(branch, rangeCondition({ from, to }));
    return {
      from: `${dialect.forceIndex('history_message', index)} ${where(narrow)}`,
      params: narrow.params,
    };
  };
  const ofPairs = ({ role, number, devices, range }: PairFilter) => {
    const other = role === 'sender' ? 'receiver_number' : 'sender_number';
    const index = `history_message_${role}_time_idx`;
    const conditions = [`${role}_number = ?`, `${other} is not null`];
    const branch = narrowed({ index, conditions, params: [number] }, devicesCondition(devices));
    return { other, ...narrowed(branch, rangeCondition(range)) };
  };
  return {
    tallies(filter: FiguresFilter): Statement {
      const { from, params } = within(filter);
      return {
        text: `select direction, type, status, quarter, count(*) as messages
          from (select direction, type, status, ${minute} - ${minute} % 15 as quarter from ${from}) as counted
          group by direction, type, status, quarter`,
        params,
      };
    },
    contacts(filter: FiguresFilter): Statement {
      const { from, params } = within(filter);
      return { text: `select distinct contact_number from ${from} and contact_number is not null`, params };
    },
    deviceTallies(filter: FiguresFilter): Statement {
      const { from, params } = within(filter);
      return {
        text: `select device_id, count(*) as messages, ${SUMS}, count(distinct contact_number) as contacts
          from ${from} group by device_id order by device_id`,
        params,
      };
    },
    pairs(filter: PairFilter): Statement {
      const { other, index, params, ...rest } = ofPairs(filter);
      return {
        text: `select ${other} as other, count(*) as messages, min(message_timestamp) as first_at,
            max(message_timestamp) as last_at
          from ${dialect.forceIndex('history_message', index)} ${where(rest)} group by ${other}`,
        params,
      };
    },
    lastOfPairs(filter: PairFilter, pairs: readonly Pick<PairTally, 'other' | 'lastAt'>[]): Statement {
      const { other, index, params, ...rest } = ofPairs(filter);
      const times: SqlValue[] = pairs.map(({ lastAt }) => lastAt);
      const ids = `select id from ${dialect.forceIndex('history_message', index)} ${where(rest)}
        and message_timestamp in (${marks(times)}) and ${other} in (${marks(pairs)})`;
      return {
        text: `select ${HISTORY_COLUMNS} from (${ids}) as page join history_message as m on m.id = page.id`,
        params: [...params, ...times, ...pairs.map((pair) => pair.other)],
      };
    },
  };
}

const sum = (condition: string, name: string) => `sum(case when ${condition} then 1 else 0 end) as ${name}`;
const SUMS = [
  sum("direction = 'in'", 'incoming'),
  sum("direction = 'out'", 'outgoing'),
  sum('is_group', 'in_groups'),
  sum('media is not null', 'media_messages'),
  sum("status in ('delivered', 'read', 'played')", 'delivered'),
  sum("status in ('read', 'played')", 'seen'),
  sum("status = 'played'", 'played'),
].join(', ');

interface TallyRow {
  readonly direction: string;
  readonly type: string;
  readonly status: string | null;
  readonly quarter: number | string;
  readonly messages: number | string;
}

interface DeviceTallyRow {
  readonly device_id: string;
  readonly incoming: number | string;
  readonly outgoing: number | string;
  readonly in_groups: number | string;
  readonly media_messages: number | string;
  readonly delivered: number | string;
  readonly seen: number | string;
  readonly played: number | string;
  readonly contacts: number | string;
}

interface PairRow {
  readonly other: string;
  readonly messages: number | string;
  readonly first_at: Date | number;
  readonly last_at: Date | number;
}

function toTally(row: TallyRow): Tally {
  return {
    direction: row.direction as Tally['direction'],
    type: row.type,
    status: row.status,
    quarter: new Date(Number(row.quarter) * 60_000),
    messages: Number(row.messages),
  };
}

/** MySQL answers sums as text. */
function toDeviceTally(row: DeviceTallyRow): DeviceTally {
  return {
    deviceId: row.device_id,
    incoming: Number(row.incoming),
    outgoing: Number(row.outgoing),
    inGroups: Number(row.in_groups),
    media: Number(row.media_messages),
    delivered: Number(row.delivered),
    read: Number(row.seen),
    played: Number(row.played),
    contacts: Number(row.contacts),
  };
}
