import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { createTopicRunners } from './topic-runners.ts';
import type { Wakeups } from './wakeups.ts';
import { within } from './within.ts';

/** How long `stop` waits for the runs under way. */
const STOP_WAIT_MS = 4_000;

export interface InProcessWakeupsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Most rings kept for each topic; more are left to the sweep. */
  readonly limit?: number;
}

/** Wake-ups by the timers of this process; nothing outlives it, so the sweep rings again after a restart. */
export function createInProcessWakeups({ clock, log, limit }: InProcessWakeupsDeps): Wakeups {
  const runners = createTopicRunners({ clock, log, limit });
  let state: 'new' | 'running' | 'draining' | 'stopped' = 'new';

  return {
    async ring(topic, id, at) {
      if (state !== 'stopped') runners.of(topic).ring(id, (at ?? clock.now()).getTime());
    },
    handle: (topic, handler, options = {}) => runners.of(topic).handle(handler, options),
    async start() {
      state = 'running';
      runners.resume();
    },
    async drain() {
      if (state === 'running') state = 'draining';
      await runners.drain();
    },
    async stop() {
      state = 'stopped';
      const drained = await within(clock, STOP_WAIT_MS, runners.drain());
      if (drained === 'late')
        log.warn({ waitedMs: STOP_WAIT_MS }, 'stopped while wake-ups were still running');
      runners.takePending();
    },
    healthy: () => state === 'running',
    depth: async (topic) => runners.of(topic).dueCount(),
  };
}
