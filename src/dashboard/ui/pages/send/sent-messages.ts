import type { Problem } from '../../api/sending-types.ts';

/** Something sent from this page, and how far it has come. */
export interface SentEntry {
  readonly deviceId: string;
  readonly messageId: string;
  readonly to: string;
  readonly kind: string;
  /** Its first words. */
  readonly text: string;
  readonly status: string;
  /** ISO 8601. */
  readonly at: string;
  readonly error: Problem | null;
  /** Why it waits, and until when at least. */
  readonly reason: string | null;
  readonly retryAt: string | null;
}

export interface StatusNews {
  readonly messageId: string;
  readonly status: string;
  readonly error: Problem | null;
}

/** What is kept of what was sent, and of news that came before the answer they belong to. */
export interface SentState {
  readonly entries: readonly SentEntry[];
  readonly early: readonly StatusNews[];
}

export const NOTHING_SENT: SentState = { entries: [], early: [] };

/** More than a person sends by hand in a while. */
const MOST_ENTRIES = 50;
const MOST_EARLY = 200;

const RANK: Readonly<Record<string, number>> = {
  queued: 0,
  sending: 1,
  held: 1,
  server_ack: 2,
  delivered: 3,
  read: 4,
  played: 5,
};

/** The newest first; a message that is there already, as after a second press, is not there twice. */
export function addSent({ entries, early }: SentState, entry: SentEntry): SentState {
  const others = entries.filter(({ messageId }) => messageId !== entry.messageId);
  const known = early.filter(({ messageId }) => messageId === entry.messageId);
  const now = known.reduce(moved, entry);
  return {
    entries: [now, ...others].slice(0, MOST_ENTRIES),
    early: early.filter(({ messageId }) => messageId !== entry.messageId),
  };
}

/** A status only moves on: what was read is not delivered again. */
export function applyNews(state: SentState, news: StatusNews): SentState {
  const isOurs = state.entries.some(({ messageId }) => messageId === news.messageId);
  if (!isOurs) return { ...state, early: [...state.early, news].slice(-MOST_EARLY) };
  const entries = state.entries.map((entry) =>
    entry.messageId === news.messageId ? moved(entry, news) : entry,
  );
  return { ...state, entries };
}

function moved(entry: SentEntry, { status, error }: StatusNews): SentEntry {
  if ((RANK[status] ?? 9) < (RANK[entry.status] ?? 0)) return entry;
  const waits = status === 'queued' || status === 'held';
  return { ...entry, status, error, ...(!waits && { reason: null, retryAt: null }) };
}

/** Whether nothing more is to be expected of it. */
export function isOver(status: string): boolean {
  return status === 'failed' || status === 'cancelled' || status === 'expired';
}
