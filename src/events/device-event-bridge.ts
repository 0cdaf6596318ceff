import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import { liveEventOf } from './device-live-events.ts';
import type { EventFeed } from './event-feed.ts';

interface BridgeDeps {
  devices: EventBus<DeviceEvent>;
  feed: EventFeed;
  ids: Ids;
  clock: Clock;
}

/** Statuses in which a device that was well is not connected any more. */
const DOWN = new Set(['reconnecting', 'disconnected', 'logged_out', 'cancelled', 'error']);

/** Turns device news into live events; a device that goes down is told once more, as `disconnected` with the reason. */
export function bridgeDeviceEvents({ devices, feed, ids, clock }: BridgeDeps): Unsubscribe {
  const lastStatus = new Map<DeviceId, string>();
  return devices.subscribe((event) => {
    const live = liveEventOf(event, { id: ids.next(), clock });
    if (live) feed.publish(live);
    if (event.type === 'removed') lastStatus.delete(event.deviceId);
    if (event.type !== 'state-changed') return;
    const { deviceId, view } = event;
    const before = lastStatus.get(deviceId);
    lastStatus.set(deviceId, view.status);
    if (before === view.status || !DOWN.has(view.status)) return;
    const reason = view.cause?.code ?? 'stopped';
    feed.publish({ id: ids.next(), deviceId, type: 'disconnected', at: clock.now(), data: { reason } });
  });
}
