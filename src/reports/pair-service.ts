import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import type { FiguresRepository, PairFilter, PairTally } from './figures-repository.ts';
import type { HistoryMessage } from './history.ts';
import { type OrderedPaging, readNumber } from './history-service.ts';
import { type HistoryView, toHistoryView } from './history-view.ts';
import { type Cursors, type Page, pageOfAll } from './page-cursor.ts';
import type { RecordService, Viewer } from './record-service.ts';
import { readRange, type WrittenRange } from './report-time.ts';

export interface PairServiceDeps {
  figures: Pick<FiguresRepository, 'pairs' | 'lastOfPairs'>;
  records: Pick<RecordService, 'find'>;
  cursors: Cursors;
  timezone: string;
  defaultCountry: DefaultCountry;
}

/** The messages from one number to another. */
export interface PairView {
  readonly senderNumber: string;
  readonly receiverNumber: string;
  readonly count: number;
  readonly firstMessageAt: string;
  readonly lastMessageAt: string;
  readonly lastMessage: HistoryView | null;
}

/** Somebody a number wrote with. */
export interface ContactView {
  readonly phoneNumber: string;
  /** As they call themselves in the last message from them; null when there is none. */
  readonly pushName: string | null;
  /** Messages to them, and from them. */
  readonly sent: number;
  readonly received: number;
  readonly total: number;
  readonly firstMessageAt: string;
  readonly lastMessageAt: string;
}

export interface PairQuestion extends WrittenRange {
  readonly number: string;
  readonly record?: string | undefined;
}

export type PairService = ReturnType<typeof createPairService>;

/**
 * With whom a number wrote, in 1:1 chats, the latest first. Throws PHONE_NUMBER_INVALID, DATE_INVALID,
 * DATE_RANGE_INVALID, CURSOR_INVALID and, for an unknown record, DEVICE_NOT_FOUND.
 */
export function createPairService({ figures, records, cursors, timezone, defaultCountry }: PairServiceDeps) {
  async function filtersOf({ number, record, ...range }: PairQuestion, viewer: Viewer) {
    const common = {
      number: readNumber(number, defaultCountry),
      range: readRange(range, timezone),
      devices: record === undefined ? viewer.deviceIds : [(await records.find(record, viewer)).deviceId],
    };
    const sent: PairFilter = { ...common, role: 'sender' };
    const received: PairFilter = { ...common, role: 'receiver' };
    return {
      sent,
      received,
      tallies: { sent: await figures.pairs(sent), received: await figures.pairs(received) },
    };
  }

  function paged<Item>(
    question: string,
    all: readonly Item[],
    { order, ...paging }: OrderedPaging,
  ): Page<Item> {
    const ordered = order === 'desc' ? all : all.toReversed();
    return pageOfAll(ordered, paging, { cursors, question: `${question} ${order}` });
  }

  return {
    /** From whom to whom, how often, and the last message. */
    async mapping(question: PairQuestion, viewer: Viewer, paging: OrderedPaging): Promise<Page<PairView>> {
      const { sent, received, tallies } = await filtersOf(question, viewer);
      const all = [
        ...tallies.sent.map((tally) => ({ ...tally, filter: sent })),
        // What somebody wrote to themselves is sent and received.
        ...tallies.received
          .filter(({ other }) => other !== sent.number)
          .map((tally) => ({ ...tally, filter: received })),
      ].sort(latestFirst);
      const page = paged(`mapping ${JSON.stringify(sent)}`, all, paging);
      const of = (filter: PairFilter) => page.items.filter((item) => item.filter === filter);
      const last = createLastMessages([
        ...(await figures.lastOfPairs(sent, of(sent))),
        ...(await figures.lastOfPairs(received, of(received))),
      ]);
      return { ...page, items: page.items.map((item) => toPairView(item, last)) };
    },

    /** The same without the direction. */
    async contacts(
      question: PairQuestion,
      viewer: Viewer,
      paging: OrderedPaging,
    ): Promise<Page<ContactView>> {
      const { sent, received, tallies } = await filtersOf(question, viewer);
      const fromOthers = new Map(tallies.received.map((tally) => [tally.other, tally]));
      const all = mergeContacts(tallies.sent, fromOthers, sent.number).sort(latestFirst);
      const page = paged(`contacts ${JSON.stringify(sent)}`, all, paging);
      const heard = page.items.flatMap(({ other }) => fromOthers.get(other) ?? []);
      const last = createLastMessages(await figures.lastOfPairs(received, heard));
      return { ...page, items: page.items.map((item) => toContactView(item, last(item.other, sent.number))) };
    },
  };
}

function latestFirst(
  one: Pick<PairTally, 'lastAt' | 'other'>,
  other: Pick<PairTally, 'lastAt' | 'other'>,
): number {
  return other.lastAt.getTime() - one.lastAt.getTime() || (one.other < other.other ? -1 : 1);
}

/** Of several messages in the same instant the one stored last. */
function createLastMessages(messages: readonly HistoryMessage[]) {
  const last = new Map<string, HistoryMessage>();
  const key = (sender: string | null, receiver: string | null) => `${sender} ${receiver}`;
  for (const message of messages) {
    const pair = key(message.senderNumber, message.receiverNumber);
    const known = last.get(pair);
    if (!known || isLater(message, known)) last.set(pair, message);
  }
  return (sender: string, receiver: string): HistoryMessage | null => last.get(key(sender, receiver)) ?? null;
}

function isLater(one: HistoryMessage, other: HistoryMessage): boolean {
  const ahead = one.timestamp.getTime() - other.timestamp.getTime();
  return ahead > 0 || (ahead === 0 && one.id > other.id);
}

function toPairView(
  { filter, other, messages, firstAt, lastAt }: PairTally & { filter: PairFilter },
  last: ReturnType<typeof createLastMessages>,
): PairView {
  const isSender = filter.role === 'sender';
  const [senderNumber, receiverNumber] = isSender ? [filter.number, other] : [other, filter.number];
  const message = last(senderNumber, receiverNumber);
  return {
    senderNumber,
    receiverNumber,
    count: messages,
    firstMessageAt: firstAt.toISOString(),
    lastMessageAt: lastAt.toISOString(),
    lastMessage: message && toHistoryView(message),
  };
}

interface MergedContact {
  readonly other: string;
  readonly sent: number;
  readonly received: number;
  readonly total: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

function mergeContacts(
  sent: readonly PairTally[],
  received: ReadonlyMap<string, PairTally>,
  number: string,
): MergedContact[] {
  const toOthers = new Map(sent.map((tally) => [tally.other, tally]));
  const others = new Set([...toOthers.keys(), ...received.keys()]);
  return [...others].flatMap((other) => {
    const [to, from] = [toOthers.get(other), received.get(other)];
    const known = [to, from].filter((tally) => tally !== undefined);
    const counted = { sent: to?.messages ?? 0, received: from?.messages ?? 0 };
    // A note to oneself is one message, counted from both of its ends.
    const total = other === number ? counted.sent : counted.sent + counted.received;
    return {
      other,
      ...counted,
      total,
      firstAt: new Date(Math.min(...known.map(({ firstAt }) => firstAt.getTime()))),
      lastAt: new Date(Math.max(...known.map(({ lastAt }) => lastAt.getTime()))),
    };
  });
}

function toContactView(contact: MergedContact, lastHeard: HistoryMessage | null): ContactView {
  const { other, sent, received, total, firstAt, lastAt } = contact;
  return {
    phoneNumber: other,
    pushName: lastHeard?.pushName ?? null,
    sent,
    received,
    total,
    firstMessageAt: firstAt.toISOString(),
    lastMessageAt: lastAt.toISOString(),
  };
}
