import type { Clock } from '../../shared/clock.ts';

/** Why a connection ended, as the server saw it. */
export type CloseReason =
  | 'client'
  | 'linked'
  | 'replaced'
  | 'removed'
  | 'refused'
  | 'protocol-error'
  | 'fault'
  | 'shutdown';

/** Something the server saw or did. Devices are written as addresses, e.g. `6281200000001:3@s.whatsapp.net`. */
export type HistoryEvent =
  | { readonly kind: 'upgrade-refused'; readonly status: number }
  | { readonly kind: 'connection-opened'; readonly connection: string }
  | {
      readonly kind: 'connection-closed';
      readonly connection: string;
      readonly device: string | null;
      readonly reason: CloseReason;
    }
  | { readonly kind: 'protocol-error'; readonly connection: string; readonly problem: string }
  | { readonly kind: 'pairing-offered'; readonly connection: string }
  | { readonly kind: 'login'; readonly connection: string; readonly device: string }
  | {
      readonly kind: 'login-refused';
      readonly connection: string;
      readonly device: string;
      readonly reason: string;
    }
  | { readonly kind: 'device-linked' | 'device-removed'; readonly device: string }
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly type: string;
      readonly category: string | null;
      /** The devices it was meant for. */
      readonly recipients: number;
      /** 1 for the first time this device submits this id to this chat. */
      readonly submission: number;
    }
  | {
      readonly kind: 'ack';
      readonly id: string;
      readonly class: string;
      readonly device: string;
      /** The code of a refusal. */
      readonly error: string | null;
    }
  | {
      readonly kind: 'receipt';
      readonly ids: readonly string[];
      readonly from: string;
      readonly to: string;
      /** `delivered` when the stanza names none. */
      readonly type: string;
    }
  | {
      readonly kind: 'client-ack';
      readonly id: string;
      readonly class: string;
      readonly device: string;
      readonly error: string | null;
    }
  | {
      readonly kind: 'delivery';
      readonly device: string;
      readonly id: string;
      readonly class: string;
      readonly type: string | null;
      readonly from: string;
      /** Sent as part of the offline queue after a login. */
      readonly offline: boolean;
    }
  | { readonly kind: 'iq'; readonly device: string; readonly namespace: string; readonly content: string }
  | {
      readonly kind: 'unknown-iq';
      readonly device: string;
      readonly namespace: string;
      readonly content: string;
    }
  | {
      readonly kind: 'media';
      readonly action: 'upload' | 'download';
      /** SHA-256 of the encrypted file, hex. */
      readonly hash: string;
      /** Of the HTTP answer. */
      readonly status: number;
      readonly bytes: number;
    }
  | {
      readonly kind: 'fault';
      readonly fault: string;
      readonly action: string;
      readonly device: string | null;
    };

export type HistoryRecord = HistoryEvent & {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export type RecordOf<Kind extends HistoryEvent['kind']> = Extract<HistoryRecord, { kind: Kind }>;

/** The authoritative, append-only record of what the server saw; lives in memory. */
export interface History {
  append(event: HistoryEvent): void;
  /** What was recorded, oldest first; with a filter, what passes it. */
  records(filter?: (record: HistoryRecord) => boolean): readonly HistoryRecord[];
  /** The records of one kind, oldest first. */
  of<Kind extends HistoryEvent['kind']>(kind: Kind): readonly RecordOf<Kind>[];
  /** The sequence of the newest record; 0 when there is none. */
  readonly sequence: number;
  /** Older records that were dropped because there were more than `keep`. */
  readonly dropped: number;
  /**
   * The first record that passes, of those kept and those to come; `after` leaves out the sequences up to it.
   * Rejects with the signal's reason when it aborts first.
   */
  waitFor(
    predicate: (record: HistoryRecord) => boolean,
    options?: { readonly after?: number; readonly signal?: AbortSignal },
  ): Promise<HistoryRecord>;
  /** Everything kept, as one JSON text. */
  dump(): string;
  /** Forgets the records; sequences go on. */
  clear(): void;
}

interface Waiter {
  readonly predicate: (record: HistoryRecord) => boolean;
  readonly resolve: (record: HistoryRecord) => void;
}

/** Keeps at most `keep` records, dropping the oldest quarter when there are more. */
export function createHistory({ clock, keep = 1_000_000 }: { clock: Clock; keep?: number }): History {
  let records: HistoryRecord[] = [];
  let sequence = 0;
  let dropped = 0;
  const waiters = new Set<Waiter>();

  const drop = () => {
    const count = Math.ceil(records.length / 4);
    records = records.slice(count);
    dropped += count;
  };
  return {
    append(event) {
      sequence += 1;
      const record = { ...event, sequence, at: clock.now().getTime() };
      records.push(record);
      if (records.length > keep) drop();
      for (const waiter of waiters) {
        if (!waiter.predicate(record)) continue;
        waiters.delete(waiter);
        waiter.resolve(record);
      }
    },
    records: (filter) => (filter ? records.filter(filter) : [...records]),
    of(kind) {
      const isOfKind = (record: HistoryRecord): record is RecordOf<typeof kind> => record.kind === kind;
      return records.filter(isOfKind);
    },
    get sequence() {
      return sequence;
    },
    get dropped() {
      return dropped;
    },
    waitFor(predicate, { after = 0, signal } = {}) {
      const known = records.find((record) => record.sequence > after && predicate(record));
      if (known) return Promise.resolve(known);
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          waiters.delete(waiter);
          reject(signal?.reason);
        };
        const waiter: Waiter = {
          predicate,
          resolve(record) {
            signal?.removeEventListener('abort', onAbort);
            resolve(record);
          },
        };
        waiters.add(waiter);
        signal?.addEventListener('abort', onAbort);
      });
    },
    dump: () => JSON.stringify(records),
    clear() {
      dropped += records.length;
      records = [];
    },
  };
}
