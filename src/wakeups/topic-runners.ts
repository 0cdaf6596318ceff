import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { PendingRing } from './pending-rings.ts';
import { createTopicRunner, type TopicRunner } from './topic-runner.ts';
import type { Topic } from './wakeups.ts';

/** The runners of all topics of this process. */
export interface TopicRunners {
  of(topic: Topic): TopicRunner;
  resume(): void;
  /** Starts no more runs and waits for those under way. */
  drain(): Promise<void>;
  takePending(): { topic: Topic; ring: PendingRing }[];
}

/** A ring costs about 300 bytes here. */
const DEFAULT_LIMIT = 100_000;

export function createTopicRunners(deps: {
  clock: Clock;
  log: Logger;
  limit?: number | undefined;
}): TopicRunners {
  const { clock, log, limit = DEFAULT_LIMIT } = deps;
  const runners = new Map<Topic, TopicRunner>();
  let paused = true;

  return {
    of(topic) {
      const known = runners.get(topic);
      if (known !== undefined) return known;
      const runner = createTopicRunner({ topic, clock, log, limit });
      runners.set(topic, runner);
      if (!paused) runner.resume();
      return runner;
    },
    resume() {
      paused = false;
      for (const runner of runners.values()) runner.resume();
    },
    async drain() {
      paused = true;
      for (const runner of runners.values()) runner.pause();
      await Promise.all([...runners.values()].map((runner) => runner.idle()));
    },
    takePending: () =>
      [...runners].flatMap(([topic, runner]) => runner.takePending().map((ring) => ({ topic, ring }))),
  };
}
