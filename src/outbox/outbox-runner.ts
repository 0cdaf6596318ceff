import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { createBacklog } from './backlog.ts';
import { createBell } from './bell.ts';
import { createMessageSender } from './message-sender.ts';
import type { QueuedMessage } from './outbox-message.ts';
import { createTurns } from './outbox-turn.ts';
import { persistently } from './persistently.ts';
import {
  createRunnerSteps,
  type Reservation,
  type RunnerDeps,
  type RunnerSession,
  type RunnerSteps,
} from './runner-steps.ts';

/** Sends the queue of one device: one message at a time, the next when WhatsApp answered for the one before. */
export interface OutboxRunner {
  opened(session: RunnerSession): void;
  closed(): void;
  /** Rows may have changed. */
  ring(): void;
  /** A row that was just committed and is due. */
  offer(message: QueuedMessage): void;
  /**
   * Keeps the turn for a message that is about to be stored as claimed, if it would go at once: with nothing under way and
   * nothing before it. Null: store it as queued and offer it. Whoever reserves says how it ended.
   */
  reserve(message: QueuedMessage): Reservation | null;
  /** It is stored that WhatsApp has this message. */
  accepted(waMessageId: WaMessageId): void;
  /** Resolves when what follows is stored, with false when the message is not under way here. Throws what Database throws. */
  refused(waMessageId: WaMessageId, code: number): Promise<boolean>;
  /** Whether it hears of new messages of this kind only by being rung. */
  isUnaware(kind: 'singles' | 'jobs'): boolean;
  /** Begins nothing more; resolves when nothing is under way. */
  drain(): Promise<void>;
}

/** Longer than the database works on a write whose connection is gone. */
const LATEST_WRITE_MS = 30_000;

export function createOutboxRunner(deviceId: DeviceId, deps: RunnerDeps): OutboxRunner {
  const { repository, pacer, clock, log } = deps;
  const bell = createBell(clock);
  const backlog = createBacklog({
    singles: (limit) => repository.dueSingles(deviceId, limit),
    jobItems: (limit) => repository.dueJobItems(deviceId, limit),
  });
  const turns = createTurns({ backlog, pacer, clock });
  const sender = createMessageSender(deviceId, deps);
  let session: RunnerSession | null = null;
  let steps: RunnerSteps | null = null;
  /** Sessions one after the other: what one has begun is over before the next begins. */
  let line: Promise<void> = Promise.resolve();
  let draining = false;

  /** The database may still do what it was asked to: by then it has. */
  const strayed = (message: QueuedMessage): void => {
    clock.after(LATEST_WRITE_MS, () => {
      steps?.recover(message);
      bell.ring();
    });
  };

  const live = async (current: RunnerSession): Promise<void> => {
    const isLive = () => session === current && !draining;
    const leave = () => {
      if (session === current) session = null;
    };
    const own = createRunnerSteps(deviceId, {
      ...deps,
      backlog,
      turns,
      sender,
      bell,
      session: current,
      isLive,
      leave,
      strayed,
    });
    const keep = (work: () => Promise<void>) =>
      persistently(work, {
        clock,
        isWanted: isLive,
        onFailure: (error) => log.warn({ deviceId, err: error }, 'outbox step failed and is repeated'),
      });
    backlog.reload();
    await keep(own.settle);
    steps = own;
    while (isLive()) await keep(own.takeTurn);
    await own.finish().catch((error: unknown) => {
      log.warn({ deviceId, err: error }, 'unsent message is left to the next socket');
    });
  };

  return {
    opened(next) {
      if (draining) return;
      session = next;
      line = line.then(() => live(next));
    },
    closed() {
      session = null;
      sender.lost();
      bell.ring();
    },
    ring() {
      backlog.reload();
      turns.askAnew();
      bell.ring();
    },
    offer(message) {
      backlog.offer(message);
      bell.ring();
    },
    reserve: (message) => steps?.reserve(message) ?? null,
    accepted: sender.accepted,
    refused: sender.refused,
    isUnaware: (kind) => session !== null && !backlog.isBusyWith(kind),
    async drain() {
      draining = true;
      bell.ring();
      await sender.idle();
    },
  };
}
