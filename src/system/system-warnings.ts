import type { DeviceDetails } from '../devices/device-view.ts';
import type { SystemWarning } from './system.ts';

export type WarnedDevice = Pick<DeviceDetails, 'deviceId' | 'warnings' | 'health'>;

/** More than anybody reads; the list of devices has them all. */
const DEVICES_NAMED = 20;

/** One warning for each kind of trouble, the most frequent first. */
export function warningsOf(devices: readonly WarnedDevice[]): SystemWarning[] {
  const byCode = new Map<string, { message: string; deviceIds: string[] }>();
  for (const device of devices) {
    for (const { code, message } of troublesOf(device)) {
      const known = byCode.get(code) ?? { message, deviceIds: [] };
      byCode.set(code, known);
      if (!known.deviceIds.includes(device.deviceId)) known.deviceIds.push(device.deviceId);
    }
  }
  return [...byCode]
    .map(([code, { message, deviceIds }]) => ({
      code,
      message,
      devices: deviceIds.length,
      deviceIds: deviceIds.slice(0, DEVICES_NAMED),
    }))
    .sort((a, b) => b.devices - a.devices || a.code.localeCompare(b.code));
}

function troublesOf({ warnings, health }: WarnedDevice): { code: string; message: string }[] {
  const { reachoutLockedUntil, rateLimitedUntil, messageCap, breaker } = health;
  return [
    ...warnings.map(({ code, reason: message }) => ({ code, message })),
    ...health.warnings.map(({ code, message }) => ({ code, message })),
    ...when(reachoutLockedUntil !== null, 'reachout_locked', 'WhatsApp lets the account begin no new chats'),
    ...when(rateLimitedUntil !== null, 'rate_limited', 'WhatsApp told the account to send more slowly'),
    ...when(
      messageCap !== 'none',
      'message_cap',
      'WhatsApp warns that the account begins too many new chats',
    ),
    ...when(
      breaker === 'open',
      'breaker_open',
      'Too many messages to strangers failed: none are sent for a while',
    ),
  ];
}

function when(applies: boolean, code: string, message: string) {
  return applies ? [{ code, message }] : [];
}
