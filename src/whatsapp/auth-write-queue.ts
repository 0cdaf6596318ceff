import type { JournalEntry } from './inbound-journal-entry.ts';

/** Encoded values by key id by type; null removes. */
export type KeyChanges = Map<string, Map<string, Buffer | null>>;

/** What one transaction writes. Credentials are taken as they are when it starts, so only the newest are written. */
export interface AuthChange {
  readonly keys: KeyChanges;
  readonly creds: 'save' | 'keep';
  /** What was decrypted with the keys of this change, by hash. */
  readonly journal?: ReadonlyMap<string, JournalEntry>;
}

/** The writes of one device, in the order they were asked for. */
export interface AuthWriteQueue {
  /** Resolves when the change is durable; rejects with what the transaction that held it met. */
  write(change: AuthChange): Promise<void>;
  /** Resolves when everything asked for so far is durable; rejects when the last of it failed. */
  flush(): Promise<void>;
}

interface Pending {
  readonly keys: KeyChanges;
  creds: AuthChange['creds'];
  readonly journal: Map<string, JournalEntry>;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * One transaction in flight and one waiting, into which all further changes merge: each change stays all-or-nothing,
 * a later value never loses to the retry of an earlier one, and a burst costs two commits.
 */
export function createAuthWriteQueue(commit: (change: AuthChange) => Promise<void>): AuthWriteQueue {
  let waiting: Pending | null = null;
  let inFlight: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    for (let next = waiting; next; next = waiting) {
      waiting = null;
      inFlight = next.done.promise;
      try {
        await commit(next);
        next.done.resolve();
      } catch (error) {
        next.done.reject(error);
      }
    }
    inFlight = null;
  };

  return {
    write(change) {
      const pending: Pending = waiting ?? emptyPending();
      waiting = pending;
      merge(pending, change);
      if (!inFlight) void drain();
      return pending.done.promise;
    },
    async flush() {
      await (waiting?.done.promise ?? inFlight);
    },
  };
}

function emptyPending(): Pending {
  return { keys: new Map(), creds: 'keep', journal: new Map(), done: Promise.withResolvers() };
}

function merge(into: Pending, change: AuthChange): void {
  if (change.creds === 'save') into.creds = 'save';
  for (const [hash, entry] of change.journal ?? []) into.journal.set(hash, entry);
  for (const [type, values] of change.keys) {
    const known = into.keys.get(type) ?? new Map<string, Buffer | null>();
    for (const [keyId, value] of values) known.set(keyId, value);
    into.keys.set(type, known);
  }
}
