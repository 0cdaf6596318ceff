import type { HistoryRecord } from '../../src/simulator/server/history.ts';
import { parseDeviceAddress } from '../../src/simulator/wire/jid.ts';
import { pause } from './outbox-chaos.ts';
import type { TestSimulator } from './simulator.ts';

/** A message that the API says it has, and what WhatsApp must know of it. */
export interface Expected {
  readonly messageId: string;
  /** The account of the device that sends it. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Where the API says it stands. */
  readonly status: string;
}

/** What WhatsApp saw against what the rows say. */
export interface Verdict {
  /** Each list has to be empty; of a long one the beginning is told. */
  readonly wrong: {
    /** Rows whose id never came. */
    readonly missing: readonly string[];
    /** Ids that came and are of no row. */
    readonly foreign: readonly string[];
    /** Ids that came from another account, or for another person, than the row says. */
    readonly misaddressed: readonly string[];
    /** Messages the recipient's phone did not decrypt, or with another text. */
    readonly unreadable: readonly string[];
    /** Rows that do not say that WhatsApp has the message. */
    readonly unfinished: readonly string[];
  };
  readonly rows: number;
  readonly submissions: number;
  readonly uniqueIds: number;
  /** How often recipients asked for a message once more, as they could not decrypt it. */
  readonly retryReceipts: number;
}

/** Follows what WhatsApp sees, and what the phones show: they themselves forget. */
export interface Judge {
  /** Ids that came so far. */
  ids(): ReadonlySet<string>;
  /** How often this id came. */
  submissionsOf(messageId: string): number;
  /** Resolves when so many different ids have come. */
  reached(count: number): Promise<void>;
  /** Resolves when all of these came and were read by somebody, or after `withinMs`: the verdict says what is missing. */
  allArrived(ids: readonly string[], withinMs: number): Promise<void>;
  judge(expected: readonly Expected[]): Verdict;
}

/** Statuses that say that WhatsApp has a message. */
export const SENT: ReadonlySet<string> = new Set(['server_ack', 'delivered', 'read', 'played']);
export const NOTHING_WRONG: Verdict['wrong'] = {
  missing: [],
  foreign: [],
  misaddressed: [],
  unreadable: [],
  unfinished: [],
};

const TOLD = 8;

interface Submitted {
  readonly from: string;
  readonly to: string;
  count: number;
}

/** `senders`: accounts of the devices of the server; what others submit is none of its business. */
export function startJudge(
  simulator: TestSimulator,
  { senders, recipients }: { senders: readonly string[]; recipients: readonly string[] },
): Judge {
  const ours = new Set(senders);
  const submitted = new Map<string, Submitted>();
  const shown = new Map<string, { readonly by: string; readonly text: string | null }>();
  const news = new Set<() => void>();

  const personOf = (jid: string): string => {
    const address = parseDeviceAddress(jid);
    return (address && simulator.core.findAccount(address.user)?.phoneNumber) ?? jid;
  };
  const observe = (record: HistoryRecord): false => {
    // What the devices of one person tell each other is no message to anybody.
    if (record.kind !== 'message' || record.category !== null) return false;
    const from = personOf(record.from);
    if (!ours.has(from)) return false;
    const known = submitted.get(record.id) ?? { from, to: personOf(record.to), count: 0 };
    known.count += 1;
    submitted.set(record.id, known);
    for (const look of news) look();
    return false;
  };
  // It never finds what it looks for, so it sees everything.
  void simulator.history.waitFor(observe, { after: simulator.history.sequence });
  for (const recipient of recipients) {
    simulator.phone(recipient).onMessage(({ direction, id, text }) => {
      if (direction === 'received') shown.set(id, { by: recipient, text });
    });
  }

  return {
    ids: () => new Set(submitted.keys()),
    submissionsOf: (messageId) => submitted.get(messageId)?.count ?? 0,
    reached: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (submitted.size < count) return;
          news.delete(look);
          resolve();
        };
        news.add(look);
        look();
      }),
    async allArrived(ids, withinMs) {
      const over = AbortSignal.timeout(withinMs);
      const isMissing = (id: string) => !submitted.has(id) || !shown.has(id);
      for (let missing = ids.filter(isMissing); missing.length > 0 && !over.aborted; ) {
        await pause(100);
        missing = missing.filter(isMissing);
      }
    },
    judge(expected) {
      const rows = new Set(expected.map(({ messageId }) => messageId));
      const whose = (isWrong: (row: Expected) => boolean) => clip(expected.filter(isWrong).map(describe));
      const counts = [...submitted.values()].map(({ count }) => count);
      return {
        wrong: {
          missing: whose(({ messageId }) => !submitted.has(messageId)),
          foreign: clip([...submitted.keys()].filter((id) => !rows.has(id))),
          misaddressed: whose(({ messageId, from, to }) => {
            const submission = submitted.get(messageId);
            return submission !== undefined && (submission.from !== from || submission.to !== to);
          }),
          unreadable: whose(({ messageId, to, text }) => {
            const message = shown.get(messageId);
            return message?.by !== to || message.text !== text;
          }),
          unfinished: whose(({ status }) => !SENT.has(status)),
        },
        rows: rows.size,
        submissions: counts.reduce((sum, count) => sum + count, 0),
        uniqueIds: submitted.size,
        retryReceipts: simulator.history.of('receipt').filter(({ type }) => type === 'retry').length,
      };
    },
  };
}

function describe({ messageId, to, status, text }: Expected): string {
  return `${messageId} (${status}) to ${to}: ${text}`;
}

function clip(lines: readonly string[]): string[] {
  const more = lines.length - TOLD;
  return more > 0 ? [...lines.slice(0, TOLD), `and ${more} more`] : [...lines];
}
