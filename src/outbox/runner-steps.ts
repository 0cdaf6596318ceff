import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Backlog } from './backlog.ts';
import type { Bell } from './bell.ts';
import { type Hold, holdError } from './hold.ts';
import type { Landing, MessageSender, SenderDeps } from './message-sender.ts';
import type { Lane, QueuedMessage } from './outbox-message.ts';
import type { OutboxRepository } from './outbox-repository.ts';
import type { Turn, Turns } from './outbox-turn.ts';
import type { Pacer } from './pacer.ts';
import { settleUnanswered } from './settling.ts';

export interface RunnerDeps extends SenderDeps {
  readonly repository: Pick<
    OutboxRepository,
    'claim' | 'owns' | 'move' | 'postpone' | 'expire' | 'inDoubt' | 'dueSingles' | 'dueJobItems'
  >;
  readonly pacer: Pacer;
  /** Something waits though the device is connected; may be told again and again. */
  heldBack(hold: Hold): void;
}

/** One open socket of the device. */
export interface RunnerSession {
  /** The claim of the device under which it was opened. */
  readonly epoch: number;
  /** Resolves when everything WhatsApp kept for us while we were away has come and is stored, or will not come. */
  caughtUp(): Promise<void>;
}

/** The turn of a message that is being stored. */
export interface Reservation {
  readonly epoch: number;
  readonly lane: Lane | null;
  /** `begun`: it is stored as claimed; `absent`: it is not stored; `unknown`: the database did not say. */
  end(stored: 'begun' | 'absent' | 'unknown'): void;
}

export interface StepDeps extends RunnerDeps {
  readonly backlog: Backlog;
  readonly turns: Turns;
  readonly sender: MessageSender;
  readonly bell: Bell;
  readonly session: RunnerSession;
  isLive(): boolean;
  /** The device is not ours any more: nothing is done until its next socket. */
  leave(): void;
  /** A message that perhaps is stored as claimed, also some time from now, though nobody sends it. */
  strayed(message: QueuedMessage): void;
}

/** What a runner does while a socket is open. A step that fails with the database may be taken again. */
export interface RunnerSteps {
  /** Settles what was begun and not answered; before anything else goes. */
  settle(): Promise<void>;
  /** The next thing to do, also when that is to wait. */
  takeTurn(): Promise<void>;
  /** See OutboxRunner. */
  reserve(message: QueuedMessage): Reservation | null;
  /** Not while something is under way: looks whether this is claimed and sent by nobody, and queues it then. */
  recover(message: QueuedMessage): void;
  /** Ends a reservation that nobody got round to. */
  finish(): Promise<void>;
}

export function createRunnerSteps(deviceId: DeviceId, deps: StepDeps): RunnerSteps {
  const { repository, backlog, turns, sender, bell, session, isLive, pacer, clock, log } = deps;
  const { epoch } = session;
  /** Claimed, or perhaps claimed: nothing left, so it goes back into the queue. */
  let unsent: QueuedMessage | null = null;
  /** The same, of which others know. */
  const strays: QueuedMessage[] = [];
  let reserved: Reserved | null = null;
  /** It waits for a ring, and knows of nothing that could go. */
  let isIdle = false;
  /** Those of which the database did not say whether they were claimed: it may still say so, late. */
  const doubted = new Set<string>();

  const giveBack = async (message: QueuedMessage): Promise<void> => {
    const { dueAt, error } = message;
    await repository.move(message, { to: 'queued', epoch, at: clock.now(), dueAt, error });
    unsent = null;
    backlog.reload();
  };

  const claim = async (message: QueuedMessage, lane: Lane | null): Promise<boolean> => {
    try {
      return await repository.claim(message, { epoch, lane, at: clock.now() });
    } catch (error) {
      doubted.add(message.id);
      throw error;
    }
  };

  const send = async ({ message, lane }: Extract<Turn, { kind: 'send' }>): Promise<void> => {
    unsent = message;
    const isOurs = await claim(message, lane);
    backlog.drop(message);
    if (isOurs && !isLive()) return giveBack(message);
    unsent = null;
    if (!isOurs) return notOurs(message);
    follow(await sender.send({ ...message, attempts: message.attempts + 1 }, epoch));
  };

  const sendReserved = async ({ message, stored }: Reserved): Promise<void> => {
    const state = await stored;
    reserved = null;
    if (state === 'absent') return;
    if (state === 'begun' && isLive()) {
      return follow(await sender.send({ ...message, attempts: 1 }, epoch));
    }
    if (state === 'unknown') deps.strayed(message);
    unsent = message;
    await giveBack(message);
  };

  const wait = async (until: Date | null): Promise<void> => {
    isIdle = until === null && !backlog.isBusyWith('singles') && !backlog.isBusyWith('jobs');
    await bell.wait(until);
    isIdle = false;
  };

  /** Somebody else was faster, its job was stopped, or the device is not ours any more. */
  const notOurs = async (message: QueuedMessage): Promise<void> => {
    if (doubted.delete(message.id)) unsent = message;
    if (message.jobId !== undefined) backlog.reload();
    if (await repository.owns(deviceId, epoch)) return;
    log.warn({ deviceId, epoch }, 'the outbox of a device stops: it is owned elsewhere');
    deps.leave();
  };

  const follow = (landing: Landing): void => {
    if (landing.kind !== 'refused') return;
    const { reaction, message } = landing;
    if (reaction.kind === 'fail') return;
    const again = new Date(clock.now().getTime() + reaction.delayMs);
    if (reaction.kind === 'pause') turns.pause(again);
    if (reaction.delayMs > 0) turns.lookAgain(again);
    else backlog.putFirst(message);
  };

  const tellHold = (waMessageId: WaMessageId | null, { reason, until }: { reason: string; until: Date }) =>
    deps.heldBack({ deviceId, waMessageId, error: holdError(reason, until), until });

  return {
    async settle() {
      if ((await repository.inDoubt(deviceId)).length === 0) return;
      await session.caughtUp();
      for (const message of await repository.inDoubt(deviceId)) {
        if (!isLive()) return;
        const outcome = settleUnanswered(message);
        await sender.move(message, { ...outcome, epoch, at: clock.now() });
        log.info({ deviceId, attempts: message.attempts, now: outcome.to }, 'unanswered message settled');
      }
    },
    async takeTurn() {
      if (reserved) return sendReserved(reserved);
      unsent ??= strays.pop() ?? null;
      if (unsent) await giveBack(unsent);
      const turn = await turns.next();
      if (!isLive()) return;
      switch (turn.kind) {
        case 'send':
          return send(turn);
        case 'wait':
          if (turn.held) tellHold(null, turn.held);
          return wait(turn.until);
        case 'postpone':
          await repository.postpone(turn.message, turn.until, holdError(turn.held.reason, turn.held.until));
          tellHold(turn.message.waMessageId, turn.held);
          turns.lookAgain(turn.until);
          return backlog.drop(turn.message);
        case 'expire':
          await sender.expire(turn.message);
          return backlog.drop(turn.message);
      }
    },
    reserve(message) {
      const isBusy = reserved || backlog.isBusyWith('singles') || backlog.isBusyWith('jobs');
      if (!isIdle || isBusy || !isLive()) return null;
      const decision = pacer.pace(message, clock.now());
      // Whoever asks the database first goes the usual way, and is told there what went wrong.
      if (decision instanceof Promise) decision.catch(() => {});
      if (decision instanceof Promise || decision.kind !== 'send') return null;
      const { promise, resolve } = Promise.withResolvers<Stored>();
      reserved = { message, stored: promise };
      bell.ring();
      return { epoch, lane: decision.lane, end: resolve };
    },
    recover: (message) => void strays.push(message),
    async finish() {
      if (reserved) await sendReserved(reserved);
    },
  };
}

type Stored = Parameters<Reservation['end']>[0];

interface Reserved {
  readonly message: QueuedMessage;
  readonly stored: Promise<Stored>;
}
