import type { Clock } from '../shared/clock.ts';
import type { Backlog } from './backlog.ts';
import type { Lane, QueuedMessage } from './outbox-message.ts';
import type { PaceDecision, Pacer } from './pacer.ts';

/** What a device does next. */
export type Turn =
  | { readonly kind: 'send'; readonly message: QueuedMessage; readonly lane: Lane | null }
  | { readonly kind: 'expire'; readonly message: QueuedMessage }
  | {
      readonly kind: 'postpone';
      readonly message: QueuedMessage;
      /** When to ask pacing again. */
      readonly until: Date;
      readonly held: Held;
    }
  /** Nothing may go before `until`; null: nothing is there. `held`: though something is there, and may be for longer. */
  | { readonly kind: 'wait'; readonly until: Date | null; readonly held: Held | null };

/** What pacing said. */
interface Held {
  readonly reason: string;
  readonly until: Date;
}

export interface Turns {
  next(): Promise<Turn>;
  /** Nothing of the device goes before then. */
  pause(until: Date): void;
  /** What pacing said may not hold any more. */
  askAnew(): void;
  /** Look again then, at the latest. */
  lookAgain(at: Date): void;
}

/** A message that pacing keeps back is asked about again at least this often, as what keeps it back may end sooner. */
const LONGEST_POSTPONE_MS = 10 * 60_000;

/** Why a device rests after 420 and 429, in the words of pacing. */
const RATE_LIMITED = 'rate_limited';

/** Chooses what goes next: messages without a job before items of jobs, and nobody waits for one who must wait. */
export function createTurns({
  backlog,
  pacer,
  clock,
}: {
  backlog: Backlog;
  pacer: Pacer;
  clock: Clock;
}): Turns {
  const never = new Date(0);
  let pausedUntil = never;
  let jobsHeldUntil = never;
  let again: Date | null = null;

  const wait = (until: Date | null, held: Held | null = null): Turn => ({
    kind: 'wait',
    until: earlier(until, again),
    held,
  });

  /** Null: it waits together with others of its kind; look at the next kind. */
  const judge = (message: QueuedMessage, decision: PaceDecision, now: Date): Turn | null => {
    if (decision.kind === 'send') return { kind: 'send', message, lane: decision.lane };
    const { until, holds, reason } = decision;
    switch (holds) {
      case 'device':
        return wait(until, { reason, until });
      case 'jobs':
        jobsHeldUntil = until;
        return null;
      case 'message': {
        const latest = new Date(now.getTime() + LONGEST_POSTPONE_MS);
        return { kind: 'postpone', message, until: until < latest ? until : latest, held: { reason, until } };
      }
    }
  };
  const consider = async (message: QueuedMessage | null, now: Date): Promise<Turn | null> => {
    if (!message) return null;
    if (message.expiresAt && message.expiresAt <= now) return { kind: 'expire', message };
    const decision = pacer.pace(message, now);
    return judge(message, decision instanceof Promise ? await decision : decision, now);
  };

  return {
    async next() {
      const now = clock.now();
      if (pausedUntil > now) return wait(pausedUntil, { reason: RATE_LIMITED, until: pausedUntil });
      if (again && again <= now) {
        again = null;
        backlog.reload();
      }
      const single = await consider(await backlog.single(), now);
      if (single) return single;
      if (jobsHeldUntil > now) return wait(jobsHeldUntil);
      const item = await consider(await backlog.jobItem(), now);
      return item ?? wait(jobsHeldUntil > now ? jobsHeldUntil : null);
    },
    pause(until) {
      pausedUntil = until;
    },
    askAnew() {
      jobsHeldUntil = never;
    },
    lookAgain(at) {
      again = earlier(at, again);
    },
  };
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}
