import { parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { powersOfTwo } from '../database/powers-of-two.ts';
import { type ReceivedRow, toStoredReceivedMessage } from '../messages/message-rows.ts';
import { type MessageView, toMessageView } from '../messages/message-view.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { LoggedEvent, NewEvent } from './event-log.ts';
import type { LiveEventType } from './live-event.ts';

/** The rows of the event log; see EventLog for the promises. Methods throw what Database throws. */
export interface EventLogRepository {
  statements(events: readonly NewEvent[]): Statement[];
  /** All of them, or none. */
  add(events: readonly NewEvent[]): Promise<void>;
  after(seq: number, limit: number): Promise<LoggedEvent[]>;
  /** The same for what some caller may see. */
  page(page: EventPage): Promise<LoggedEvent[]>;
  seqOf(eventId: string): Promise<number | null>;
  last(): Promise<number>;
  /** Removes some of the oldest that nobody needs; resolves with how many those were. */
  removeOldest(limits: RemovalLimits): Promise<number>;
}

export interface RemovalLimits {
  /** Older ones go, if every webhook and chatbot that is switched on has come to them. */
  readonly before: Date;
  /** Older ones go in any case. */
  readonly evenUnreadBefore: Date;
  /** How many are looked at. */
  readonly batch: number;
}

export interface EventPage {
  /** Those behind this one in the order asked for; null: from where that order begins. */
  readonly after: number | null;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** Null: all. */
  readonly types: readonly LiveEventType[] | null;
  /** Null: all. */
  readonly deviceIds: readonly string[] | null;
  readonly withoutTypes: readonly LiveEventType[];
}

interface EventRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly device_id: string;
  readonly message_id: string | null;
  readonly data: unknown;
  readonly created_at: Date;
}

const COLUMNS = ['seq', 'id', 'type', 'device_id', 'message_id', 'data', 'created_at'];
const INSERT = `insert into event_log (${COLUMNS.join(', ')})`;
/** How far those have read who keep a cursor of their own. */
const READ_BY_ALL = `select min(cursor_seq) as \`read\` from (
  select cursor_seq from webhook_endpoint where status = 'enabled'
  union all select cursor_seq from chatbot where status = 'aktif'
) cursors`;
/** A place no event has come to. */
const BEHIND_ALL = Number.MAX_SAFE_INTEGER;

export function createEventLogRepository({ database }: { database: Database }): EventLogRepository {
  const sequence = dialectOf(database.dialect).sequence('event_sequence', 'events');
  /** A row's number is so many below the last of its transaction. */
  const row = `${sequence.last} - cast(? as signed), ${COLUMNS.slice(1)
    .map(() => '?')
    .join(', ')}`;

  const insertRows = (events: readonly NewEvent[], behind: number): Statement => ({
    text: `${INSERT} values ${events.map(() => `(${row})`).join(', ')}`,
    params: events.flatMap((event, index) => [behind - index, ...valuesOf(event)]),
  });
  const insertIfKept = (events: readonly NewEvent[], behind: number): Statement => ({
    text: `${INSERT} ${events.map(() => `select ${row} from received_message where id = ?`).join(' union all ')}`,
    params: events.flatMap((event, index) => [behind - index, ...valuesOf(event), event.messageId]),
  });

  const statements = (events: readonly NewEvent[]): Statement[] => {
    if (events.length === 0) return [];
    const all: Statement[] = [{ text: sequence.advance, params: [events.length] }];
    let behind = events.length - 1;
    for (const group of groupsOf(events)) {
      const isOfMessages = group[0] !== undefined && group[0].messageId !== null;
      all.push((isOfMessages ? insertIfKept : insertRows)(group, behind));
      behind -= group.length;
    }
    return all;
  };

  const page = async (wanted: EventPage): Promise<LoggedEvent[]> => {
    const { after, limit, order, deviceIds, types, withoutTypes } = wanted;
    if (deviceIds?.length === 0 || types?.length === 0) return [];
    const start = order === 'asc' ? { text: 'seq > ?', from: 0 } : { text: 'seq < ?', from: BEHIND_ALL };
    const ofDevices = deviceIds === null ? '' : `and device_id in (${placeholders(deviceIds)})`;
    const ofTypes = types === null ? '' : `and type in (${placeholders(types)})`;
    const notOfTypes = withoutTypes.length === 0 ? '' : `and type not in (${placeholders(withoutTypes)})`;
    const rows = await database.query<EventRow>({
      text: `select ${COLUMNS.join(', ')} from event_log where ${start.text}
        ${ofDevices} ${ofTypes} ${notOfTypes} order by seq ${order} limit ${Math.trunc(limit)}`,
      params: [after ?? start.from, ...(deviceIds ?? []), ...(types ?? []), ...withoutTypes],
    });
    return toEvents(rows, await messagesOf(database, rows));
  };

  return {
    statements,
    async add(events) {
      if (events.length > 0) await database.writeAtomically({ statements: statements(events) });
    },
    after: (seq, limit) =>
      page({ after: seq, limit, order: 'asc', deviceIds: null, types: null, withoutTypes: [] }),
    page,
    async seqOf(eventId) {
      const [found] = await database.query<{ seq: number }>({
        text: 'select seq from event_log where id = ?',
        params: [eventId],
      });
      return found === undefined ? null : Number(found.seq);
    },
    async last() {
      const [found] = await database.query<{ value: number }>({
        text: "select value from event_sequence where name = 'events'",
        params: [],
      });
      return Number(found?.value ?? 0);
    },
    async removeOldest({ before, evenUnreadBefore, batch }) {
      const oldest = await database.query<Pick<EventRow, 'seq' | 'created_at'>>({
        text: `select seq, created_at from event_log order by seq limit ${Math.trunc(batch)}`,
        params: [],
      });
      const [cursor] = await database.query<{ read: number | null }>({ text: READ_BY_ALL, params: [] });
      const readByAll = cursor?.read ?? Number.MAX_SAFE_INTEGER;
      const mayGo = ({ seq, created_at }: Pick<EventRow, 'seq' | 'created_at'>) =>
        created_at < evenUnreadBefore || (created_at < before && Number(seq) <= readByAll);
      // Clocks differ a little: what stands before an old one is as old.
      const last = oldest.findLast(mayGo);
      if (!last) return 0;
      const removal = { text: 'delete from event_log where seq <= ?', params: [last.seq] };
      return (await database.run(removal)).changes;
    },
  };
}

function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/** What one statement inserts: events that are about messages, or others, as they follow each other. */
function groupsOf(events: readonly NewEvent[]): NewEvent[][] {
  const alike: NewEvent[][] = [];
  for (const event of events) {
    const last = alike.at(-1);
    const isOfMessage = event.messageId !== null;
    if (last?.[0] && (last[0].messageId !== null) === isOfMessage) last.push(event);
    else alike.push([event]);
  }
  return alike.flatMap((group) => powersOfTwo(group));
}

function valuesOf({ id, type, deviceId, messageId, data, at }: NewEvent): SqlValue[] {
  return [id, type, deviceId, messageId, JSON.stringify(data), at];
}

async function messagesOf(
  database: Database,
  rows: readonly EventRow[],
): Promise<ReadonlyMap<string, MessageView>> {
  const ids = rows.flatMap(({ message_id }) => message_id ?? []);
  if (ids.length === 0) return new Map();
  // Filled up with an id that nobody has, for the same reason as above.
  const asked = Array.from({ length: 2 ** Math.ceil(Math.log2(ids.length)) }, (_, index) => ids[index] ?? '');
  const received = await database.query<ReceivedRow>({
    text: `select * from received_message where id in (${placeholders(asked)})`,
    params: asked,
  });
  return new Map(
    received.map((message) => [
      message.id,
      toMessageView({ direction: 'in', ...toStoredReceivedMessage(message) }, null),
    ]),
  );
}

function toEvents(rows: readonly EventRow[], messages: ReadonlyMap<string, MessageView>): LoggedEvent[] {
  return rows.map((row) => {
    const data = parseJsonColumn(row.data) as LoggedEvent['data'];
    const message = row.message_id === null ? {} : { message: messages.get(row.message_id) ?? null };
    return {
      seq: Number(row.seq),
      id: row.id,
      type: row.type as LiveEventType,
      deviceId: row.device_id as DeviceId,
      messageId: row.message_id,
      at: row.created_at,
      data: { ...data, ...message },
    };
  });
}
