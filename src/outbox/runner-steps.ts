import type { DeviceId } from '../shared/ids.ts';
import type { Backlog } from './backlog.ts';
import type { Bell } from './bell.ts';
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
}

/** One open socket of the device. */
export interface RunnerSession {
  /** The claim of the device under which it was opened. */
  readonly epoch: number;
  /** Resolves when everything WhatsApp kept for us while we were away has come and is stored, or will not come. */
  caughtUp(): Promise<void>;
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
}

/** What a runner does while a socket is open. A step that fails with the database may be taken again. */
export interface RunnerSteps {
  /** Settles what was begun and not answered; before anything else goes. */
  settle(): Promise<void>;
  /** The next thing to do, also when that is to wait. */
  takeTurn(): Promise<void>;
}

export function createRunnerSteps(deviceId: DeviceId, deps: StepDeps): RunnerSteps {
  const { repository, backlog, turns, sender, bell, session, isLive, clock, log } = deps;
  const { epoch } = session;
  /** Claimed, or perhaps claimed: nothing left, so it goes back into the queue. */
  let unsent: QueuedMessage | null = null;
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
      if (unsent) await giveBack(unsent);
      const turn = await turns.next();
      if (!isLive()) return;
      switch (turn.kind) {
        case 'send':
          return send(turn);
        case 'wait':
          return bell.wait(turn.until);
        case 'postpone':
          await repository.postpone(turn.message, turn.until);
          turns.lookAgain(turn.until);
          return backlog.drop(turn.message);
        case 'expire':
          await sender.expire(turn.message);
          return backlog.drop(turn.message);
      }
    },
  };
}
