import { localTimeAt } from '../schedules/zone.ts';
import type { Clock } from '../shared/clock.ts';
import { csvLine } from '../shared/csv.ts';
import type { DeviceTally, FiguresRepository, Tally } from './figures-repository.ts';
import type { TimeRange } from './history.ts';
import type { HistoryRepository } from './history-repository.ts';
import { statusOf } from './history-view.ts';
import { type Cursors, type Page, type Paging, pageOfAll } from './page-cursor.ts';
import type { RecordNote } from './record-repository.ts';
import type { RecordService, Viewer } from './record-service.ts';
import {
  type Day,
  dayAt,
  dayOf,
  daysFrom,
  plusDays,
  readDay,
  readRange,
  type WrittenRange,
} from './report-time.ts';

export interface FiguresServiceDeps {
  figures: Pick<FiguresRepository, 'tallies' | 'contacts' | 'deviceTallies'>;
  history: Pick<HistoryRepository, 'slice'>;
  records: Pick<RecordService, 'find' | 'notes'>;
  cursors: Cursors;
  clock: Clock;
  timezone: string;
}

/** What happened in a while, of one device or of all the viewer may see. */
export interface MessageStats {
  readonly deviceId: string | null;
  readonly timezone: string;
  /** Null when there is no message at all. */
  readonly from: string | null;
  readonly to: string | null;
  readonly total: number;
  readonly incoming: number;
  readonly outgoing: number;
  readonly distinctContacts: number;
  readonly perType: Readonly<Record<string, number>>;
  readonly perStatus: Readonly<Record<string, number>>;
  /** By the hour the clocks of the zone show; an hour they show twice counts both. */
  readonly perHour: readonly {
    readonly hour: number;
    readonly incoming: number;
    readonly outgoing: number;
  }[];
}

/** What one device did on one day. */
export interface DailyLine {
  readonly date: string;
  readonly deviceId: string;
  /** The number of the device's record; null when the device is gone. */
  readonly sessionId: number | null;
  readonly whatsappNumber: string | null;
  readonly total: number;
  readonly incoming: number;
  readonly outgoing: number;
  readonly delivered: number;
  readonly read: number;
  readonly played: number;
  readonly media: number;
  readonly inGroups: number;
  readonly distinctContacts: number;
}

export interface DailyQuestion {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly record?: string | undefined;
}

/** A year and a day, so that a leap year is one report. */
const MOST_DAYS = 366;
/** The last thirty days, when nobody says which. */
const DEFAULT_DAYS = 30;

export type FiguresService = ReturnType<typeof createFiguresService>;

/** Sums over history. Throws DATE_INVALID, DATE_RANGE_INVALID and, for an unknown record, DEVICE_NOT_FOUND. */
export function createFiguresService(deps: FiguresServiceDeps) {
  const { figures, history, records, cursors, clock, timezone } = deps;

  async function devicesOf(record: string | undefined, viewer: Viewer): Promise<readonly string[] | null> {
    return record === undefined ? viewer.deviceIds : [(await records.find(record, viewer)).deviceId];
  }

  /** From the first to the last message where the range is open; null when there is none. */
  async function closed(devices: readonly string[] | null, range: TimeRange) {
    const edge = async (order: 'asc' | 'desc') => {
      const filter = { subject: { kind: 'everybody' }, devices, range } as const;
      const [message] = await history.slice(filter, { order, offset: 0, limit: 1 });
      return message?.timestamp ?? null;
    };
    const first = range.from ?? (await edge('asc'));
    const last = range.to ?? (await edge('desc'));
    return first && last && { first, last };
  }

  async function* dailyTallies({ from, to, record }: DailyQuestion, viewer: Viewer) {
    const last = to === undefined ? dayAt(clock.now(), timezone) : readDay(to, timezone);
    const first = from === undefined ? plusDays(last, 1 - DEFAULT_DAYS) : readDay(from, timezone);
    const days = daysFrom(first, last, MOST_DAYS);
    const devices = await devicesOf(record, viewer);
    const notes = new Map((await records.notes()).map((note) => [note.deviceId as string, note]));
    if (devices?.length === 0) return;
    for (const name of days) {
      const { day, ...range } = dayOf(name, timezone);
      const tallies = await figures.deviceTallies({ devices, ...range });
      yield tallies.map((tally) => toDailyLine(day, tally, notes.get(tally.deviceId)));
    }
  }

  return {
    /** Without a date: all of history. */
    async stats(
      { record, ...range }: WrittenRange & { readonly record?: string | undefined },
      viewer: Viewer,
    ): Promise<MessageStats> {
      const devices = await devicesOf(record, viewer);
      const asked = readRange(range, timezone);
      const bounds = devices?.length === 0 ? null : await closed(devices, asked);
      const sums = createSums(timezone);
      for (const { from, to } of bounds ? daysBetween(bounds.first, bounds.last, timezone) : []) {
        const part = { devices, from: latest(from, asked.from), to: earliest(to, asked.to) };
        const tallies = await figures.tallies(part);
        if (tallies.length === 0) continue;
        sums.add(tallies, await figures.contacts(part));
      }
      return {
        deviceId: record === undefined ? null : (devices?.[0] ?? null),
        timezone,
        from: (asked.from ?? bounds?.first ?? null)?.toISOString() ?? null,
        to: (asked.to ?? bounds?.last ?? null)?.toISOString() ?? null,
        ...sums.result(),
      };
    },

    /** Days with messages, the first day first. */
    async daily(question: DailyQuestion, viewer: Viewer, paging: Paging): Promise<Page<DailyLine>> {
      const lines: DailyLine[] = [];
      for await (const ofDay of dailyTallies(question, viewer)) lines.push(...ofDay);
      const bound = `daily ${JSON.stringify([question, viewer.deviceIds])}`;
      return pageOfAll(lines, paging, { cursors, question: bound });
    },

    /** The same as CSV, a day at a time. What is wrong is thrown before the first piece. */
    async dailyCsv(question: DailyQuestion, viewer: Viewer): Promise<AsyncGenerator<string>> {
      const days = dailyTallies(question, viewer);
      const first = await days.next();
      return (async function* () {
        yield csvLine(DAILY_COLUMNS);
        if (!first.done) yield csvOf(first.value);
        for await (const lines of days) if (lines.length > 0) yield csvOf(lines);
      })();
    },
  };
}

const latest = (one: Date, other: Date | null) => (other !== null && other > one ? other : one);
const earliest = (one: Date, other: Date | null) => (other !== null && other < one ? other : one);

/** Day by day, so that a long while is many short queries. */
function* daysBetween(first: Date, last: Date, zone: string): Generator<Day> {
  for (let day = dayOf(dayAt(first, zone), zone); day.from <= last; day = dayOf(plusDays(day.day, 1), zone))
    yield day;
}

const DAILY_COLUMNS = [
  'date',
  'sessionId',
  'deviceId',
  'whatsappNumber',
  'total',
  'incoming',
  'outgoing',
  'delivered',
  'read',
  'played',
  'media',
  'inGroups',
  'distinctContacts',
] as const satisfies readonly (keyof DailyLine)[];

function csvOf(lines: readonly DailyLine[]): string {
  return lines.map((line) => csvLine(DAILY_COLUMNS.map((column) => line[column]))).join('');
}

function toDailyLine(date: string, tally: DeviceTally, note: RecordNote | undefined): DailyLine {
  const { contacts, deviceId, incoming, outgoing, ...rest } = tally;
  return {
    date,
    deviceId,
    sessionId: note?.recordNumber ?? null,
    whatsappNumber: note?.phoneNumber ?? null,
    total: incoming + outgoing,
    incoming,
    outgoing,
    ...rest,
    distinctContacts: contacts,
  };
}

function createSums(zone: string) {
  const contacts = new Set<string>();
  const perType = new Map<string, number>();
  const perStatus = new Map<string, number>();
  const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, incoming: 0, outgoing: 0 }));
  const count = (sums: Map<string, number>, key: string, messages: number) =>
    sums.set(key, (sums.get(key) ?? 0) + messages);
  return {
    add(tallies: readonly Tally[], others: readonly string[]) {
      for (const other of others) contacts.add(other);
      for (const tally of tallies) {
        count(perType, tally.type, tally.messages);
        count(perStatus, statusOf(tally), tally.messages);
        const hour = hours[Number(localTimeAt(tally.quarter, zone).slice(11, 13))];
        if (hour) hour[tally.direction === 'in' ? 'incoming' : 'outgoing'] += tally.messages;
      }
    },
    result() {
      const incoming = hours.reduce((sum, hour) => sum + hour.incoming, 0);
      const outgoing = hours.reduce((sum, hour) => sum + hour.outgoing, 0);
      return {
        total: incoming + outgoing,
        incoming,
        outgoing,
        distinctContacts: contacts.size,
        perType: Object.fromEntries(perType),
        perStatus: Object.fromEntries(perStatus),
        perHour: hours,
      };
    },
  };
}
