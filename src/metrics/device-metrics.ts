import type { DeviceEvent } from '../devices/device-events.ts';
import { causeOf, isResting } from '../devices/device-state.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Instruments } from './instruments.ts';

type DeviceInstruments = Pick<
  Instruments,
  'liveDevices' | 'connects' | 'disconnects' | 'reconnects' | 'undecryptable'
>;
type StateChange = Extract<DeviceEvent, { type: 'state-changed' }>;

/** Counts devices that connect and disconnect. One at rest is no longer counted: any process may start it again. */
export function measureDevices(
  devices: EventBus<DeviceEvent>,
  { liveDevices, connects, disconnects, reconnects, undecryptable }: DeviceInstruments,
): Unsubscribe {
  const statuses = new Map<DeviceId, string>();

  const move = (deviceId: DeviceId, status: string | null) => {
    const before = statuses.get(deviceId);
    if (before === status) return;
    if (before !== undefined) liveDevices.dec({ status: before });
    if (status === null) return void statuses.delete(deviceId);
    liveDevices.inc({ status });
    statuses.set(deviceId, status);
  };
  const count = ({ deviceId, state }: StateChange) => {
    const before = statuses.get(deviceId);
    if (before === state.status) return;
    const cause = causeOf(state)?.code;
    if (state.status === 'connected') connects.inc();
    else if (before === 'connected') disconnects.inc({ cause: cause ?? 'none' });
    if (state.status === 'connecting' && cause !== undefined) reconnects.inc({ cause });
  };

  return devices.subscribe((event) => {
    if (event.type === 'undecryptable')
      return undecryptable.inc({ from: event.isFromOwnPhone ? 'own_phone' : 'others' });
    if (event.type === 'removed') return move(event.deviceId, null);
    if (event.type !== 'state-changed') return;
    count(event);
    move(event.deviceId, isResting(event.state) ? null : event.state.status);
  });
}
