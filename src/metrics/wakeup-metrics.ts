import type { Clock } from '../shared/clock.ts';
import type { Topic, Wakeups } from '../wakeups/wakeups.ts';
import { keptForAWhile } from './kept-for-a-while.ts';
import type { Metrics } from './metrics.ts';

interface WakeupMetricsDeps {
  readonly metrics: Metrics;
  readonly wakeups: Pick<Wakeups, 'healthy' | 'depth'>;
  topics(): Promise<readonly Topic[]>;
  readonly clock: Clock;
}

/** Shows before each reading whether wake-ups run and how many wait; a depth that nobody says is left out. */
export function measureWakeups({ metrics, wakeups, topics, clock }: WakeupMetricsDeps): void {
  const { wakeupsHealthy, wakeupsDue } = metrics.instruments;
  const depths = keptForAWhile({
    clock,
    load: async () =>
      Promise.all((await topics()).map(async (topic) => ({ topic, due: await wakeups.depth(topic) }))),
    // The database that knows the topics tells of its own errors.
    onFailure: () => undefined,
  });
  metrics.beforeReading(async () => {
    wakeupsHealthy.set(wakeups.healthy() ? 1 : 0);
    wakeupsDue.reset();
    for (const { topic, due } of (await depths()) ?? []) {
      // The queues of all processes together: names of processes would be labels without end.
      if (due !== null) wakeupsDue.inc({ topic: topic.split('@', 1)[0] ?? topic }, due);
    }
  });
}
