import { JOB_PRIORITY, priorityOf, type QueuedMessage } from './outbox-message.ts';

/** What of a device's queue is known here, so that the database is asked once for many messages, or not at all. */
export interface Backlog {
  /** A row that was just committed and is due. */
  offer(message: QueuedMessage): void;
  /** Rows may have changed in any way: ask again before the next message. */
  reload(): void;
  /** The next message without a job; null when there is none. */
  single(): Promise<QueuedMessage | null>;
  /** The next item of the first job that has one; null when there is none. */
  jobItem(): Promise<QueuedMessage | null>;
  /** It was claimed, or is not to be had. */
  drop(message: QueuedMessage): void;
  /** Goes before everything else of its kind. */
  putFirst(message: QueuedMessage): void;
  /** Whether more may be in the database than is known here, or something is known: then nobody else needs to look. */
  isBusyWith(kind: 'singles' | 'jobs'): boolean;
}

/** Reads the first rows of a kind, in order; fewer than `limit` when there are no more. */
export type LoadRows = (limit: number) => Promise<readonly QueuedMessage[]>;

/** Rows read at once. */
const PREFETCH = 100;

export function createBacklog(load: { singles: LoadRows; jobItems: LoadRows }): Backlog {
  const singles = createShelf(load.singles);
  const jobItems = createShelf(load.jobItems);
  const shelfOf = (message: QueuedMessage) => (priorityOf(message) < JOB_PRIORITY ? singles : jobItems);
  return {
    offer: (message) => singles.offer(message),
    reload() {
      singles.reload();
      jobItems.reload();
    },
    single: singles.first,
    jobItem: jobItems.first,
    drop: (message) => shelfOf(message).drop(message),
    putFirst: (message) => shelfOf(message).putFirst(message),
    isBusyWith: (kind) => (kind === 'singles' ? singles : jobItems).isBusy(),
  };
}

/** The head of a sorted table, kept in memory. `rest` says whether rows behind the last known one may exist. */
function createShelf(load: LoadRows) {
  let known: QueuedMessage[] = [];
  let rest = true;
  let stale = true;
  /** What was offered while rows are being read: it may or may not be among them. */
  let late: QueuedMessage[] | null = null;

  const read = async (): Promise<void> => {
    late = [];
    stale = false;
    try {
      known = [...(await load(PREFETCH))];
      rest = known.length >= PREFETCH;
      for (const message of late) insert(message);
    } catch (error) {
      stale = true;
      throw error;
    } finally {
      late = null;
    }
  };

  return {
    async first(): Promise<QueuedMessage | null> {
      if (stale || (known.length === 0 && rest)) await read();
      return known[0] ?? null;
    },
    offer(message: QueuedMessage): void {
      late?.push(message);
      if (known.length >= PREFETCH) rest = true;
      insert(message);
    },
    reload() {
      stale = true;
    },
    drop(message: QueuedMessage): void {
      if (known[0]?.id === message.id) known.shift();
      else known = known.filter(({ id }) => id !== message.id);
    },
    putFirst(message: QueuedMessage): void {
      known.unshift(message);
    },
    isBusy: () => known.length > 0 || rest || stale,
  };

  function insert(message: QueuedMessage): void {
    const last = known.at(-1);
    // Behind what is known there may be others that go before it; it is read with them.
    if (rest && (!last || goesBefore(last, message))) return;
    if (known.some(({ id }) => id === message.id)) return;
    const place = known.findIndex((other) => goesBefore(message, other));
    known.splice(place === -1 ? known.length : place, 0, message);
  }
}

function goesBefore(one: QueuedMessage, other: QueuedMessage): boolean {
  const difference = priorityOf(one) - priorityOf(other);
  return difference === 0 ? one.id < other.id : difference < 0;
}
