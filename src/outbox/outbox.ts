import type { Database, Statement } from '../database/database.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { type Sweep, startSweep } from '../wakeups/sweep.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import { within } from '../wakeups/within.ts';
import { beginAtOnce } from './begin-at-once.ts';
import { type Expiry, startExpiry } from './expiry.ts';
import type { OutboxEvent } from './outbox-events.ts';
import { createOutboxJobRepository, type LedgerPage } from './outbox-job-repository.ts';
import {
  type NewOutboxMessage,
  type OutboundMessage,
  type OutboundStatus,
  withoutSecrets,
} from './outbox-message.ts';
import { createOutboxRepository, type OutboxPage } from './outbox-repository.ts';
import { type OutboxRunners, type RunnersDeps, startOutboxRunners } from './outbox-runners.ts';
import { createOutcomes, type Outcome } from './outcomes.ts';
import type { Pacer } from './pacer.ts';
import { startReceiptRecorder } from './receipt-recorder.ts';
import type { SendSignals } from './send-signals.ts';

export type { Outcome } from './outcomes.ts';

interface Beside {
  /** Statements of another feature, written in the same transaction, before the messages. */
  readonly beside?: readonly Statement[];
}

interface Guarded extends Beside {
  /** A SELECT; when it finds no row, nothing is stored and FencedError is thrown. */
  readonly guard?: Statement;
}

/** Messages that will be sent: durable rows, sent by the process that owns their device. Methods throw what Database throws. */
export interface Outbox {
  /**
   * Durable when it resolves, then the devices are rung. All or none; throws DuplicateKeyError when a row, also one of
   * `beside`, exists. Items of a job must be accepted in their order, with the row of the job in `beside` or before.
   */
  accept(messages: readonly NewOutboxMessage[], options?: Guarded): Promise<void>;
  /** Accepts one message and waits for what becomes of it, as `outcome` does. */
  send(message: NewOutboxMessage, options: Beside & { timeoutMs: number }): Promise<Outcome>;
  /**
   * Resolves when WhatsApp has the message or it ended; else after `timeoutMs`, or as soon as the connection of its device
   * ends or it is clear that it will not go in that time, with where it stands: it goes on by itself then.
   */
  outcome(deviceId: DeviceId, waMessageId: WaMessageId, timeoutMs: number): Promise<Outcome>;
  /** Without the words of a one-time code. */
  find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null>;
  /** With all its words, to say it again to whom it was for; null also when they were erased. */
  findForRecipient(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null>;
  /** What a device sent and will send, newest first; as `find` shows it. */
  page(page: OutboxPage): Promise<OutboundMessage[]>;
  /** How many there are on all pages. */
  count(of: Pick<OutboxPage, 'deviceId' | 'chat'>): Promise<number>;
  /** The items of a job in their order. */
  listByJob(jobId: string, page: LedgerPage): Promise<OutboundMessage[]>;
  /** How many items of a job are in which status. */
  countByJob(jobId: string): Promise<ReadonlyMap<OutboundStatus, number>>;
  /** Ends what waits of a job and resolves with how many; what is being sent goes on. No events. */
  cancelByJob(jobId: string, options?: Beside): Promise<number>;
  /** Queues what failed of a job again, under the same ids; resolves with how many. Ring the device then. No events. */
  retryByJob(jobId: string, options?: Beside): Promise<number>;
  /** Rows of the device changed: a job was resumed, an item queued again. Whoever runs it will look. */
  ring(deviceId: DeviceId): void;
  /** Whether the device has an open socket in this process. */
  isConnected(deviceId: DeviceId): boolean;
  /** Whether another process that lives keeps the device connected, as far as is stored. Throws what Database throws. */
  isConnectedElsewhere(deviceId: DeviceId): Promise<boolean>;
  /** Messages whose time passed while their device was away end, until it is stopped; any number of processes may do so. */
  startExpiry(): Expiry;
  /** From here on missed rings are made good. */
  start(): void;
  /** Begins no more sends and ends every wait with what is known; resolves when nothing is under way, at most after `patienceMs`. */
  drain(patienceMs: number): Promise<void>;
  /** Resolves when everything heard of messages is stored; after the sockets are closed. At most `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
}

export interface OutboxDeps {
  readonly database: Database;
  readonly devices: EventBus<DeviceEvent>;
  readonly sockets: RunnersDeps['sockets'];
  readonly leases: RunnersDeps['leases'];
  /** The claims of the other processes. */
  readonly owners: { isConnected(deviceId: DeviceId): Promise<boolean> };
  readonly events: EventBus<OutboxEvent>;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
  readonly pacer: Pacer;
  readonly signals: SendSignals;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a socket may take to tell what it kept for us before messages in doubt are sent again, in ms; 10 s. */
  readonly catchUpPatienceMs?: number | undefined;
}

/** Rings that were missed are made good this often. */
const SWEEP_MS = 2_000;
const CATCH_UP_PATIENCE_MS = 10_000;

export function createOutbox(deps: OutboxDeps): Outbox {
  const { database, devices, events, clock, log, wakeups } = deps;
  const repository = createOutboxRepository({ database, clock });
  const jobs = createOutboxJobRepository({ database, clock });
  const publish = events.publish;
  const runners: OutboxRunners = startOutboxRunners({
    ...deps,
    repository,
    publish,
    catchUpPatienceMs: deps.catchUpPatienceMs ?? CATCH_UP_PATIENCE_MS,
    settled: (deviceId) => recorder.settled(deviceId),
    heldBack: (hold) => outcomes.heldBack(hold),
  });
  const { refused, caughtUp } = runners;
  const recorder = startReceiptRecorder({ ...deps, repository, publish, refused, caughtUp });
  const { find } = repository;
  const outcomes = createOutcomes({ devices, events, find, isHeard: runners.runs, clock, log });
  let sweep: Sweep | null = null;

  // The recorder stored it before it told: the runner may go on.
  events.subscribe(({ deviceId, waMessageId, status }) => {
    if (PROVEN.has(status)) runners.accepted(deviceId, waMessageId);
  });
  devices.subscribe(({ type, deviceId }) => {
    if (type !== 'removed') return;
    jobs.cancelByDevice(deviceId).catch((error: unknown) => {
      log.error({ deviceId, err: error }, 'messages of a removed device not cancelled');
    });
  });
  wakeups.handle('outbox', async (deviceId) => runners.ring(deviceId as DeviceId));

  const ring = (deviceId: DeviceId): void => {
    if (runners.runs(deviceId)) runners.ring(deviceId);
    else void wakeups.ring('outbox', deviceId);
  };
  const accept: Outbox['accept'] = async (messages, { beside = [], guard } = {}) => {
    const [message] = messages;
    if (message && messages.length === 1 && !guard) {
      const { reserve } = runners;
      if (await beginAtOnce({ message, beside }, { reserve, repository, now: clock.now() })) return;
    }
    await repository.add(messages, { beside, guard });
    announce(messages, { runners, wakeups, ring, now: clock.now() });
  };

  return {
    accept,
    async send(message, { timeoutMs, ...options }) {
      const { outcome, end } = outcomes.listen(message, timeoutMs);
      try {
        await accept([message], options);
      } catch (error) {
        end();
        throw error;
      }
      return outcome;
    },
    async outcome(deviceId, waMessageId, timeoutMs) {
      const { outcome, end } = outcomes.listen({ deviceId, waMessageId }, timeoutMs);
      try {
        await outcomes.read({ deviceId, waMessageId });
      } catch (error) {
        end();
        throw error;
      }
      return outcome;
    },
    async find(deviceId, waMessageId) {
      const message = await find(deviceId, waMessageId);
      return message && withoutSecrets(message);
    },
    async findForRecipient(deviceId, waMessageId) {
      const message = await find(deviceId, waMessageId);
      return message?.source === 'otp' && message.text === null ? null : message;
    },
    page: async (page) => (await repository.page(page)).map(withoutSecrets),
    count: repository.count,
    listByJob: jobs.listByJob,
    countByJob: jobs.countByJob,
    cancelByJob: (jobId, { beside } = {}) => jobs.cancelByJob(jobId, beside),
    retryByJob: (jobId, { beside } = {}) => jobs.retryByJob(jobId, beside),
    ring,
    isConnected: runners.runs,
    isConnectedElsewhere: async (deviceId) =>
      !deps.leases.held().has(deviceId) && deps.owners.isConnected(deviceId),
    startExpiry: () => startExpiry({ repository, publish, clock, log }),
    start() {
      sweep = startSweep({
        clock,
        everyMs: SWEEP_MS,
        find: () => findMissed(runners, repository),
        wakeups: { ring: async (_topic, deviceId) => runners.ring(deviceId as DeviceId) },
        log,
      });
    },
    async drain(patienceMs) {
      await sweep?.stop();
      await within(clock, patienceMs, runners.drain());
      outcomes.release();
    },
    stop: (patienceMs) => recorder.drain(patienceMs),
  };
}

const PROVEN: ReadonlySet<OutboundStatus> = new Set(['server_ack', 'delivered', 'read', 'played']);

/** Hands what is due to runners that have nothing to read then; everybody else is rung. */
function announce(
  messages: readonly NewOutboxMessage[],
  {
    runners,
    wakeups,
    ring,
    now,
  }: {
    runners: OutboxRunners;
    wakeups: Pick<Wakeups, 'ring'>;
    ring(deviceId: DeviceId): void;
    now: Date;
  },
): void {
  const toRing = new Set<DeviceId>();
  for (const message of messages) {
    const { deviceId, jobId, dueAt } = message;
    if (dueAt > now) void wakeups.ring('outbox', deviceId, dueAt);
    else if (jobId !== undefined || !runners.runs(deviceId)) toRing.add(deviceId);
    else runners.offer({ ...message, attempts: 0, error: null });
  }
  for (const deviceId of toRing) ring(deviceId);
}

/** Runners that know of nothing to do, and rows that say otherwise. */
async function findMissed(runners: OutboxRunners, repository: ReturnType<typeof createOutboxRepository>) {
  const singles = await repository.withDueSingles(runners.unaware('singles'));
  const jobs = await repository.withJobs(runners.unaware('jobs'));
  return [...new Set([...singles, ...jobs])].map((id) => ({ topic: 'outbox' as const, id }));
}
