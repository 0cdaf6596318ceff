import type { AccountRecord, DeviceRecord, QueueEntry } from '../state/world.ts';
import type { Connection } from './connection.ts';
import type { DeviceRef } from './directory.ts';

/** A linked device that is logged in now. */
export interface Session {
  readonly connection: Connection;
  readonly account: AccountRecord;
  readonly device: number;
  readonly record: DeviceRecord;
  /** False until the offline queue has been handed over; until then live stanzas join the queue. */
  caughtUp: boolean;
  /** The offline queue is to be handed over, and a fault delays it. */
  catchingUp: boolean;
  /** What the client last said of its presence. */
  presence: 'available' | 'unavailable';
  /** Phone numbers whose presence this client wants to hear of. */
  readonly subscriptions: Set<string>;
  /** A message a fault holds back. */
  held: QueueEntry | null;
}

/** The sessions of this process, by account and device. */
export interface Sessions {
  get(ref: DeviceRef): Session | null;
  add(session: Session): void;
  /** Forgets the session, unless another one has taken its place. */
  remove(session: Session): void;
  all(): Iterable<Session>;
  /** Phone numbers of the people who look at their phone now. */
  readonly availablePhones: Set<string>;
}

export function createSessions(): Sessions {
  const sessions = new Map<string, Session>();
  const keyOf = ({ account, device }: DeviceRef) => `${account.phoneNumber}:${device}`;
  return {
    get: (ref) => sessions.get(keyOf(ref)) ?? null,
    add: (session) => sessions.set(keyOf(session), session),
    remove(session) {
      if (sessions.get(keyOf(session)) === session) sessions.delete(keyOf(session));
    },
    all: () => sessions.values(),
    availablePhones: new Set(),
  };
}
