import { describe, expect, it } from 'vitest';
import { DEFAULT_LEASE_TIMES, lostDevices, untilFence } from '../../src/leases/lease-policy.ts';
import type { DeviceId } from '../../src/shared/ids.ts';

const id = (text: string) => text as DeviceId;

describe('lease policy', () => {
  it('gives up before the database lets others in', () => {
    expect(DEFAULT_LEASE_TIMES.fenceAfterMs).toBeLessThan(DEFAULT_LEASE_TIMES.ttlMs);
    expect(DEFAULT_LEASE_TIMES.renewEveryMs * 2).toBeLessThanOrEqual(DEFAULT_LEASE_TIMES.fenceAfterMs);
  });

  it('counts from when the renewal was sent', () => {
    expect(untilFence(DEFAULT_LEASE_TIMES, { renewedAt: 1_000, now: 4_000 })).toBe(7_000);
    expect(untilFence(DEFAULT_LEASE_TIMES, { renewedAt: 1_000, now: 60_000 })).toBe(0);
  });

  it('names the devices that the database gave to somebody else', () => {
    const held = new Map([
      [id('kept'), 3],
      [id('moved'), 3],
      [id('gone'), 1],
    ]);
    expect(
      lostDevices(
        held,
        new Map([
          ['kept', 3],
          ['moved', 4],
          ['other', 1],
        ]),
      ),
    ).toEqual(['moved', 'gone']);
  });
});
