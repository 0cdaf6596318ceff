import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { phoneNumberOf } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { findPhoneNumber } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { HistoryFilter, HistoryMessage, HistorySlice, Position, Subject } from './history.ts';
import type { HistoryRepository } from './history-repository.ts';
import { HISTORY_CSV_HEAD, type HistoryView, historyCsvLine, toHistoryView } from './history-view.ts';
import type { Cursors, Page, Paging } from './page-cursor.ts';
import type { RecordService, Viewer } from './record-service.ts';
import { readRange, type WrittenRange } from './report-time.ts';
import type { SearchFilter } from './search-filter.ts';
import type { SearchRepository } from './search-repository.ts';
import { readSearchTerms } from './search-terms.ts';

export interface OrderedPaging extends Paging {
  readonly order: 'asc' | 'desc';
}

/** Whose messages a caller asks for, with numbers as callers write them. */
export type WrittenSubject =
  | { readonly kind: 'everybody' }
  /** A JID. */
  | { readonly kind: 'chat'; readonly chat: string }
  | { readonly kind: 'own' | 'sender' | 'receiver' | 'either'; readonly number: string }
  | { readonly kind: 'directed' | 'between'; readonly numbers: readonly [string, string] };

/** What a caller asks for. */
export interface HistoryQuestion extends WrittenRange {
  readonly subject: WrittenSubject;
  /** A device, by the number of its record or its deviceId. */
  readonly record?: string | undefined;
}

export interface SearchQuestion extends WrittenRange {
  readonly text: string;
  readonly record?: string | undefined;
  readonly direction?: 'in' | 'out' | undefined;
  readonly number?: string | undefined;
}

export interface HistoryServiceDeps {
  history: HistoryRepository;
  search: SearchRepository;
  records: Pick<RecordService, 'find'>;
  cursors: Cursors;
  timezone: string;
  defaultCountry: DefaultCountry;
}

export type HistoryService = ReturnType<typeof createHistoryService>;

/** Messages that are written at once while history is exported. */
const EXPORTED_AT_ONCE = 500;
/** Further matches of a search are not counted. */
export const MOST_COUNTED_MATCHES = 10_000;

/**
 * Messages of devices whose numbers are allowed. Throws DATE_INVALID, DATE_RANGE_INVALID, PHONE_NUMBER_INVALID,
 * CURSOR_INVALID and, for an unknown record, DEVICE_NOT_FOUND.
 */
export function createHistoryService(deps: HistoryServiceDeps) {
  const { history, search, records, cursors, timezone } = deps;
  const numberOf = (text: string) => readNumber(text, deps.defaultCountry);

  async function devicesOf(record: string | undefined, viewer: Viewer): Promise<readonly string[] | null> {
    if (record === undefined) return viewer.deviceIds;
    const { deviceId } = await records.find(record, viewer);
    return [deviceId satisfies DeviceId];
  }

  async function filterOf(
    { subject, record, ...range }: HistoryQuestion,
    viewer: Viewer,
  ): Promise<HistoryFilter> {
    return {
      subject: readSubject(subject, numberOf),
      range: readRange(range, timezone),
      devices: await devicesOf(record, viewer),
    };
  }

  /** The total is counted on a page with a number; a cursor carries it on. */
  async function pageOf(
    question: string,
    { order, page, pageSize, cursor }: OrderedPaging,
    read: { slice(slice: HistorySlice): Promise<HistoryMessage[]>; count(): Promise<number> },
  ): Promise<Page<HistoryView>> {
    const bound = `${question} ${order}`;
    const mark = cursor === undefined ? null : readMark(cursors.open(bound, cursor));
    const total = mark?.total ?? (await read.count());
    const offset = mark ? 0 : (page - 1) * pageSize;
    const found = await read.slice({ order, after: mark?.position, offset, limit: pageSize + 1 });
    const shown = found.slice(0, pageSize);
    const last = found.length > pageSize ? shown.at(-1) : undefined;
    const nextCursor = last ? cursors.seal(bound, [last.timestamp.getTime(), last.id, total]) : null;
    return { items: shown.map(toHistoryView), total, page, pageSize, nextCursor };
  }

  return {
    async list(question: HistoryQuestion, viewer: Viewer, paging: OrderedPaging): Promise<Page<HistoryView>> {
      const filter = await filterOf(question, viewer);
      return pageOf(JSON.stringify(filter), paging, {
        slice: (slice) => history.slice(filter, slice),
        count: () => history.count(filter),
      });
    },

    /** All of it as CSV, piece by piece; each piece is read when it is asked for. What is wrong is thrown before the first. */
    async csv(
      question: HistoryQuestion,
      viewer: Viewer,
      order: 'asc' | 'desc',
    ): Promise<AsyncGenerator<string>> {
      const filter = await filterOf(question, viewer);
      return (async function* lines() {
        yield HISTORY_CSV_HEAD;
        for (let after: Position | undefined, more = true; more; ) {
          const found = await history.slice(filter, { order, after, offset: 0, limit: EXPORTED_AT_ONCE });
          if (found.length > 0) yield found.map(historyCsvLine).join('');
          const last = found.at(-1);
          after = last && { at: last.timestamp, id: last.id };
          more = found.length === EXPORTED_AT_ONCE;
        }
      })();
    },

    /** Newest first. Beyond `MOST_COUNTED_MATCHES` the total stays there. Throws SEARCH_QUERY_INVALID. */
    async find(
      { text, record, direction, number, ...range }: SearchQuestion,
      viewer: Viewer,
      paging: OrderedPaging,
    ) {
      const filter: SearchFilter = {
        terms: readSearchTerms(text),
        devices: await devicesOf(record, viewer),
        range: readRange(range, timezone),
        direction,
        number: number === undefined ? undefined : numberOf(number),
      };
      const page = await pageOf(`search ${JSON.stringify(filter)}`, paging, {
        slice: (slice) => search.slice(filter, slice),
        count: () => search.count(filter, MOST_COUNTED_MATCHES),
      });
      return { ...page, totalIsExact: page.total < MOST_COUNTED_MATCHES };
    },
  };
}

function readSubject(subject: WrittenSubject, numberOf: (text: string) => string): Subject {
  switch (subject.kind) {
    case 'everybody':
    case 'chat':
      return subject;
    case 'directed':
    case 'between': {
      const [first, second] = subject.numbers;
      return { kind: subject.kind, numbers: [numberOf(first), numberOf(second)] };
    }
    default:
      return { kind: subject.kind, number: numberOf(subject.number) };
  }
}

/** The digits of a phone number in any way people write it, or of the JID of one. Throws PHONE_NUMBER_INVALID. */
export function readNumber(text: string, country: DefaultCountry): string {
  const number = text.includes('@') ? numberOfAddress(text, country) : findPhoneNumber(text, country);
  if (number === null) throw new AppError('PHONE_NUMBER_INVALID');
  return number;
}

function numberOfAddress(text: string, country: DefaultCountry): string | null {
  try {
    return phoneNumberOf(parseRecipient(text, country));
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function readMark([at, id, total]: readonly (string | number)[]): { position: Position; total: number } {
  return { position: { at: new Date(Number(at)), id: String(id) }, total: Number(total) };
}
