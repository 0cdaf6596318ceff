import { describe, expect, it } from 'vitest';
import { UNTROUBLED } from '../../src/devices/sending-health.ts';
import { type WarnedDevice, warningsOf } from '../../src/system/system-warnings.ts';

const LATER = '2026-11-21T12:00:00.000Z';
const SINCE = '2026-11-20T12:00:00.000Z';

const device = (deviceId: string, trouble: Partial<WarnedDevice> = {}): WarnedDevice => ({
  deviceId,
  warnings: [],
  health: UNTROUBLED,
  ...trouble,
});
const held = (health: Partial<WarnedDevice['health']>) => ({ health: { ...UNTROUBLED, ...health } });

describe('warnings of all devices', () => {
  it('are none while no device has trouble', () => {
    expect(warningsOf([device('ana'), device('budi')])).toEqual([]);
  });

  it.each([
    ['reachout_locked', held({ reachoutLockedUntil: LATER })],
    ['rate_limited', held({ rateLimitedUntil: LATER })],
    ['message_cap', held({ messageCap: 'first_warning' })],
    ['breaker_open', held({ breaker: 'open' })],
    [
      'known_contact_refused',
      held({ warnings: [{ code: 'known_contact_refused', message: 'words', since: SINCE, until: null }] }),
    ],
    [
      'crypto_degraded',
      { warnings: [{ code: 'crypto_degraded', reason: 'words', action: null, since: SINCE }] },
    ],
  ])('tell of %s', (code, trouble) => {
    expect(warningsOf([device('ana', trouble)])).toMatchObject([{ code, devices: 1, deviceIds: ['ana'] }]);
  });

  it('are summed by kind, the most frequent first, and name the first twenty devices', () => {
    const locked = Array.from({ length: 30 }, (_, index) =>
      device(`dev-${index}`, held({ reachoutLockedUntil: LATER })),
    );
    const [first, second, ...others] = warningsOf([device('ana', held({ breaker: 'open' })), ...locked]);
    expect(first).toMatchObject({ code: 'reachout_locked', devices: 30 });
    expect(first?.deviceIds).toHaveLength(20);
    expect(second).toMatchObject({ code: 'breaker_open', devices: 1 });
    expect(others).toEqual([]);
  });
});
