import type { JobEvent } from '../jobs/job-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { EventFeed } from './event-feed.ts';

interface BridgeDeps {
  jobs: EventBus<JobEvent>;
  feed: EventFeed;
  ids: Ids;
  clock: Clock;
}

/** Turns the progress of jobs into live events. */
export function bridgeJobEvents({ jobs, feed, ids, clock }: BridgeDeps): Unsubscribe {
  return jobs.subscribe(({ job }) => {
    const { deviceId, ...data } = job;
    feed.publish({ id: ids.next(), deviceId, type: 'job', at: clock.now(), data });
  });
}
