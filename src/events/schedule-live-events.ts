import type { ScheduleEvent } from '../schedules/schedule-events.ts';
import { toScheduleView } from '../schedules/schedule-view.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { EventFeed } from './event-feed.ts';

interface BridgeDeps {
  schedules: EventBus<ScheduleEvent>;
  feed: EventFeed;
  ids: Ids;
  clock: Clock;
}

/** Turns news of schedules into live events; what is to be sent is no part of them. */
export function bridgeScheduleEvents({ schedules, feed, ids, clock }: BridgeDeps): Unsubscribe {
  return schedules.subscribe(({ change, schedule }) => {
    const { message: _body, ...view } = toScheduleView(schedule);
    feed.publish({
      id: ids.next(),
      deviceId: schedule.deviceId,
      type: 'schedule',
      at: clock.now(),
      data: { change, ...view },
    });
  });
}
