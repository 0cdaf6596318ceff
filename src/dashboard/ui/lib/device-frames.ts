import type { Device } from '../api/device-types.ts';
import type { LiveFrame } from './live-stream.ts';

/** The devices after a frame of the event stream, the oldest first; the same map when it says nothing about them. */
export function applyFrame(
  devices: ReadonlyMap<string, Device>,
  frame: LiveFrame,
): ReadonlyMap<string, Device> {
  const { deviceId } = frame;
  if (deviceId === undefined) return devices;
  const known = devices.get(deviceId);
  if (frame.type === 'disconnected' && frame.reason === 'removed') {
    if (!known) return devices;
    const rest = new Map(devices);
    rest.delete(deviceId);
    return rest;
  }
  if (frame.type !== 'status' || !isDevice(frame)) return devices;
  const { type: _type, at: _at, ...fields } = frame;
  // What links a phone comes in frames of its own; a status frame may leave out what a page has.
  return new Map(devices).set(deviceId, { ...known, ...fields });
}

/** How many devices are in each status. */
export function countByStatus(devices: Iterable<Device>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of devices) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** A status frame has every field of a device; these are the ones without which nothing can be drawn. */
function isDevice(frame: object): frame is Device {
  return 'deviceId' in frame && 'status' in frame && 'tags' in frame && 'warnings' in frame;
}
