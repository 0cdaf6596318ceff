import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type MissedRing, type Sweep, startSweep } from '../wakeups/sweep.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { BotEvents } from './bot-events.ts';
import { CALLS_AT_ONCE } from './chatbot-runner.ts';
import type { TurnRepository } from './turn-repository.ts';

interface LookoutDeps {
  readonly intake: () => Promise<void>;
  readonly events: Pick<BotEvents, 'last' | 'onAnnounced'>;
  readonly turns: Pick<TurnRepository, 'botsWithDue' | 'due' | 'purge'>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Events of other processes are found after this, in ms. */
const LOOK_EVERY_MS = 1_000;
/** Turns whose ring was lost, or whose worker died, are found after this. */
const SWEEP_MS = 5_000;
const PURGE_EVERY_MS = 60 * 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
const MOST_BOTS = 1_000;

/** Reads new events when there are any, rings for turns that nobody rang for, and forgets old ones. */
export function startChatbotLookout({ turns, wakeups, clock, log, ...deps }: LookoutDeps): Sweep {
  const reader = startReader({ ...deps, clock, log });
  const due = startSweep({
    clock,
    everyMs: SWEEP_MS,
    wakeups,
    log,
    async find() {
      const bots = await turns.botsWithDue(MOST_BOTS);
      const found = await Promise.all(bots.map((id) => turns.due(id, CALLS_AT_ONCE)));
      return found.flat().map((id): MissedRing => ({ topic: 'chatbot', id }));
    },
  });
  const purge = startSweep({
    clock,
    everyMs: PURGE_EVERY_MS,
    wakeups,
    log,
    async find() {
      await turns.purge(new Date(clock.now().getTime() - KEPT_MS));
      return [];
    },
  });
  return {
    async stop() {
      await Promise.all([reader.stop(), due.stop(), purge.stop()]);
    },
  };
}

/** Looks at every announcement and every second; one look at a time, and one more for whatever came meanwhile. */
function startReader({
  intake,
  events,
  clock,
  log,
}: Pick<LookoutDeps, 'intake' | 'events' | 'clock' | 'log'>): Sweep {
  let seen = -1;
  let isWanted = false;
  let isStopped = false;
  let isFailing = false;
  let current: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const last = await events.last();
    if (last === seen) return;
    await intake();
    seen = last;
  };
  const lookOn = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false;
      try {
        await look();
        isFailing = false;
      } catch (error) {
        if (!isFailing) log.warn({ err: error }, 'chatbots could not read the events and try again');
        isFailing = true;
      }
    }
  };
  const want = () => {
    isWanted = true;
    current ??= lookOn().finally(() => {
      current = null;
    });
  };
  const unsubscribe = events.onAnnounced(want);
  const timer = clock.every(LOOK_EVERY_MS, want);
  want();
  return {
    async stop() {
      isStopped = true;
      unsubscribe();
      timer.cancel();
      await current;
    },
  };
}
