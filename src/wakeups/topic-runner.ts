import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { createPendingRings, type PendingRing } from './pending-rings.ts';
import { RING_ATTEMPTS, retryDelayMs } from './retry-policy.ts';
import type { HandleOptions, Topic, WakeupHandler } from './wakeups.ts';

/** Runs the handler of one topic in this process, never twice at once for the same id. */
export interface TopicRunner {
  /** Keeps a ring here until it is due and there is a free place; when there are too many it is left to the sweep. */
  ring(id: string, dueMs: number): void;
  /** Gives back the concurrency decided on. */
  handle(handler: WakeupHandler, options: HandleOptions): number;
  resume(): void;
  /** No run starts from here on. */
  pause(): void;
  /** Runs the handler for `id` now, after the run of this id that may be under way; rejects as the handler does. */
  run(id: string): Promise<'ran' | 'paused'>;
  /** Resolves when no run is under way. */
  idle(): Promise<void>;
  dueCount(): number;
  /** Takes out what was rung and has not begun to run. */
  takePending(): PendingRing[];
}

export interface TopicRunnerDeps {
  readonly topic: Topic;
  readonly clock: Clock;
  readonly log: Logger;
  /** Most rings kept. */
  readonly limit: number;
}

const DEFAULT_CONCURRENCY = 10;

export function createTopicRunner({ topic, clock, log, limit }: TopicRunnerDeps): TopicRunner {
  const pending = createPendingRings({ clock, limit, onDue: startDue });
  const running = new Map<string, Promise<void>>();
  let handler: WakeupHandler | null = null;
  let concurrency = DEFAULT_CONCURRENCY;
  let paused = true;
  let overfull = false;

  function startDue(): void {
    while (!paused && handler !== null && running.size < concurrency) {
      const ring = pending.takeDue((id) => running.has(id));
      if (ring === null) return;
      void runDue(ring);
    }
  }

  async function runDue(ring: PendingRing): Promise<void> {
    try {
      await execute(ring.id);
    } catch (error) {
      retryLater(ring, error);
    }
    startDue();
  }

  /** The caller has made sure that no run of this id is under way. */
  function execute(id: string): Promise<void> {
    const work = callHandler(id).finally(() => running.delete(id));
    running.set(
      id,
      work.catch(() => undefined),
    );
    return work;
  }

  async function callHandler(id: string): Promise<void> {
    // A handler that rings for itself must not keep sockets and timers waiting.
    await nextTurn();
    await handler?.(id);
  }

  /** A ring that came during the failed run is answered by the retry: a poisoned id gets no extra turns. */
  function retryLater({ id, failures }: PendingRing, error: unknown): void {
    const attempt = failures + 1;
    logFailedRun(log, { topic, id, attempt, error });
    if (attempt >= RING_ATTEMPTS) return;
    pending.replace({ id, dueMs: clock.now().getTime() + retryDelayMs(attempt), failures: attempt });
  }

  return {
    ring(id, dueMs) {
      const kept = pending.add({ id, dueMs, failures: 0 });
      if (!kept && !overfull)
        log.warn({ topic, limit }, 'too many wake-ups are waiting: the sweep rings again');
      overfull = !kept;
      startDue();
    },
    handle(given, options) {
      if (handler !== null) throw new Error(`the topic ${topic} has a handler already`);
      handler = given;
      concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
      startDue();
      return concurrency;
    },
    resume() {
      paused = false;
      startDue();
    },
    pause() {
      paused = true;
    },
    async run(id) {
      for (let before = running.get(id); before; before = running.get(id)) await before;
      if (paused) return 'paused';
      try {
        await execute(id);
        return 'ran';
      } finally {
        startDue();
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
    dueCount: () => pending.dueCount(),
    takePending: () => pending.takeAll(),
  };
}

/** One line for each failed run; the last one of a row is an error. */
export function logFailedRun(
  log: Logger,
  { topic, id, attempt, error }: { topic: Topic; id: string; attempt: number; error: unknown },
): void {
  const data = { topic, id, attempt, err: error };
  if (attempt < RING_ATTEMPTS) log.warn(data, 'a wake-up failed and is tried again');
  else log.error(data, 'a wake-up failed too often and is left to the sweep');
}
