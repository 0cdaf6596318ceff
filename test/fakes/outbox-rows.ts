import { DuplicateKeyError } from '../../src/database/database-error.ts';
import {
  type NewOutboxMessage,
  type OutboundMessage,
  type OutboundStatus,
  priorityOf,
} from '../../src/outbox/outbox-message.ts';
import type { OutboxRepository } from '../../src/outbox/outbox-repository.ts';
import { mayMove } from '../../src/outbox/outbox-state.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { AppError } from '../../src/shared/errors.ts';

/** The rows of the outbox in memory, under the rules of the table of states. */
export interface FakeOutboxRows extends OutboxRepository {
  /** Every message, by the number it was made with in the test, or by its id. */
  status(id: string): OutboundStatus | undefined;
  row(id: string): OutboundMessage;
  /** The epoch under which the device is claimed. */
  epoch: number;
  /** Jobs that may run. */
  readonly runningJobs: Set<string>;
  /** How many of the next calls fail as if the database were away. */
  outage: number;
  /** The next claim happens, and its answer is lost. */
  losesNextAnswer: boolean;
  /** The next claim fails, and happens all the same before the one after it. */
  claimsLate: boolean;
  /** What was to be stored and failed with `claimsLate`: each stores it all the same. */
  readonly strays: (() => void)[];
  /** How often rows were read in search of work. */
  reads: number;
}

export function createFakeOutboxRows(clock: Clock): FakeOutboxRows {
  const rows = new Map<string, OutboundMessage>();
  const byPlace = (one: OutboundMessage, other: OutboundMessage) =>
    priorityOf(one) - priorityOf(other) ||
    (one.itemIndex ?? 0) - (other.itemIndex ?? 0) ||
    (one.id < other.id ? -1 : 1);
  const all = () => [...rows.values()].sort(byPlace);
  const isDue = ({ status, dueAt }: OutboundMessage) => status === 'queued' && dueAt <= clock.now();
  const change = (id: string, to: OutboundStatus, fields: Partial<OutboundMessage>): boolean => {
    const row = rows.get(id);
    if (!row || !mayMove(row.status, to)) return false;
    rows.set(id, { ...row, status: to, ...fields });
    return true;
  };
  const answer = async <Result>(result: () => Result): Promise<Result> => {
    await null;
    if (fake.outage > 0) {
      fake.outage -= 1;
      throw new AppError('DATABASE_UNAVAILABLE');
    }
    return result();
  };

  let late: (() => void) | null = null;
  const fake: FakeOutboxRows = {
    epoch: 1,
    runningJobs: new Set(),
    outage: 0,
    losesNextAnswer: false,
    claimsLate: false,
    strays: [],
    reads: 0,
    status: (id) => rows.get(id)?.status,
    row(id) {
      const row = rows.get(id);
      if (!row) throw new Error(`no row ${id}`);
      return row;
    },
    add: (messages) =>
      answer(() => {
        for (const message of messages) {
          if (rows.has(message.id)) throw new DuplicateKeyError(message.id);
          rows.set(message.id, freshRow(message, clock.now()));
        }
      }),
    addClaimed: (message, { epoch, lane, at }) =>
      answer(() => {
        if (rows.has(message.id)) throw new DuplicateKeyError(message.id);
        if (epoch !== fake.epoch) return false;
        const store = () => {
          const row = freshRow(message, clock.now());
          rows.set(message.id, { ...row, status: 'sending', attempts: 1, sendingAt: at, lane });
        };
        if (fake.claimsLate) {
          fake.claimsLate = false;
          fake.strays.push(store);
          throw new AppError('DATABASE_UNAVAILABLE');
        }
        store();
        if (!fake.losesNextAnswer) return true;
        fake.losesNextAnswer = false;
        throw new AppError('DATABASE_UNAVAILABLE');
      }),
    find: (deviceId, waMessageId) =>
      answer(() => all().find((row) => row.deviceId === deviceId && row.waMessageId === waMessageId) ?? null),
    page: () => answer(all),
    count: () => answer(() => all().length),
    claim: ({ id, jobId }, { epoch, lane, at }) =>
      answer(() => {
        const row = fake.row(id);
        late?.();
        late = null;
        if (fake.claimsLate) {
          fake.claimsLate = false;
          late = () => void change(id, 'sending', { attempts: row.attempts + 1, sendingAt: at, lane });
          throw new AppError('DATABASE_UNAVAILABLE');
        }
        if (epoch !== fake.epoch || (jobId !== undefined && !fake.runningJobs.has(jobId))) return false;
        const done = change(id, 'sending', { attempts: row.attempts + 1, sendingAt: at, lane });
        if (!fake.losesNextAnswer) return done;
        fake.losesNextAnswer = false;
        throw new AppError('DATABASE_UNAVAILABLE');
      }),
    owns: (_deviceId, epoch) => answer(() => epoch === fake.epoch),
    advance: (_deviceId, { waMessageIds, status, at, error }) =>
      answer(() =>
        waMessageIds.filter((waMessageId) => {
          const row = all().find((each) => each.waMessageId === waMessageId);
          return row && change(row.id, status, { ackedAt: at, error: error ?? null });
        }),
      ),
    move: ({ id }, { to, epoch, error, dueAt }) =>
      answer(() => {
        if (epoch !== fake.epoch || fake.status(id) !== 'sending') return false;
        return change(id, to, { error, ...(dueAt && { dueAt }) });
      }),
    postpone: ({ id }, until, error) =>
      answer(() => void rows.set(id, { ...fake.row(id), dueAt: until, error })),
    expire: ({ id }) => answer(() => change(id, 'expired', {})),
    inDoubt: (deviceId) =>
      answer(() => all().filter((row) => row.deviceId === deviceId && row.status === 'sending')),
    dueSingles: (deviceId, limit) =>
      answer(() => {
        fake.reads += 1;
        const due = all().filter((row) => row.deviceId === deviceId && row.jobId === undefined && isDue(row));
        return due.slice(0, limit);
      }),
    dueJobItems: (deviceId, limit) =>
      answer(() => {
        fake.reads += 1;
        const due = all().filter((row) => row.deviceId === deviceId && row.jobId !== undefined && isDue(row));
        const jobs = due.map(({ jobId }) => jobId ?? '').filter((jobId) => fake.runningJobs.has(jobId));
        const [first] = jobs.sort();
        return due.filter(({ jobId }) => jobId === first).slice(0, limit);
      }),
    overdue: () => answer(() => all().filter((row) => row.status === 'queued' && row.expiresAt !== null)),
    withDueSingles: (deviceIds) =>
      answer(() =>
        deviceIds.filter((deviceId) =>
          all().some((row) => row.deviceId === deviceId && row.jobId === undefined && isDue(row)),
        ),
      ),
    withJobs: (deviceIds) => answer(() => deviceIds.filter(() => fake.runningJobs.size > 0)),
  };
  return fake;
}

function freshRow(message: NewOutboxMessage, createdAt: Date): OutboundMessage {
  return {
    ...message,
    status: 'queued',
    lane: null,
    attempts: 0,
    error: null,
    createdAt,
    sendingAt: null,
    ackedAt: null,
    deliveredAt: null,
    readAt: null,
    playedAt: null,
    failedAt: null,
  };
}
