import { expect, it } from 'vitest';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createReadiness } from '../../src/system-messages/ready-device.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const HEALTHY = {
  coldPausedUntil: null,
  rateLimitedUntil: null,
  reachoutLockedUntil: null,
  messageCap: 'none',
  breaker: 'closed',
  warnings: [],
} as const;

/** A device that is away, and what becomes of it when somebody connects it. */
function createStage(onConnect: () => void = () => {}) {
  const clock = createManualClock();
  const bus = createEventBus<DeviceEvent>((error) => {
    throw error;
  });
  const away = {
    ...createDeviceWorld([{ linkState: 'linked' }]).view(),
    status: 'reconnecting' as const,
    health: HEALTHY,
  };
  let now = away;
  const readiness = createReadiness({
    clock,
    deviceEvents: bus,
    deviceService: {
      view: async () => now,
      async connect() {
        onConnect();
        return { outcome: 'started', device: now };
      },
    },
  });
  return {
    clock,
    readiness,
    away,
    turns: (isConnected: boolean) => {
      now = { ...away, isConnected };
      if (!isConnected) return;
      const state = {
        status: 'connected',
        jid: 'x@s.whatsapp.net',
        lid: null,
        since: clock.now(),
        syncPercent: null,
      };
      bus.publish({ type: 'state-changed', deviceId: ANA, state, view: now } as DeviceEvent);
    },
  };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('waits for a device that comes back, and then whether it stays', async () => {
  const stage = createStage();
  const asked = stage.readiness.ready(stage.away, 10_000);
  await settle();
  stage.turns(true);
  await settle();
  stage.clock.advance(1_000);
  expect(await asked).toBeNull();
});

it('does not trust one that is thrown out again at once', async () => {
  const stage = createStage();
  const asked = stage.readiness.ready(stage.away, 10_000);
  await settle();
  stage.turns(true);
  await settle();
  stage.turns(false);
  stage.clock.advance(1_000);
  expect(await asked).toBe('not_steady');
});

it('gives up when the time is up, or when the device cannot be connected here', async () => {
  const stage = createStage();
  const asked = stage.readiness.ready(stage.away, 10_000);
  await settle();
  stage.clock.advance(9_000);
  expect(await asked).toBe('not_connected_in_time');
  expect(await stage.readiness.ready(stage.away, 900)).toBe('no_time_left');

  const elsewhere = createStage(() => {
    throw new AppError('SOCKETS_ELSEWHERE');
  });
  expect(await elsewhere.readiness.ready(elsewhere.away, 10_000)).toBe('sockets_elsewhere');
});

it('touches none that needs a person, was stopped on purpose or may not send', async () => {
  const { readiness, away } = createStage(() => {
    throw new Error('not to be connected');
  });
  const cause = { code: 'stopped', source: 'operator', reason: '', retryAt: null, action: null };
  expect(await readiness.ready({ ...away, status: 'disconnected', cause }, 10_000)).toBe('stopped');
  expect(await readiness.ready({ ...away, hasSession: false }, 10_000)).toBe('no_session');
  const banned = { ...cause, code: 'temp_banned', source: 'failure' };
  expect(await readiness.ready({ ...away, status: 'error', cause: banned }, 10_000)).toBe('temp_banned');
  const limited = { ...HEALTHY, rateLimitedUntil: '2027-01-01T00:00:00.000Z' };
  expect(await readiness.ready({ ...away, isConnected: true, health: limited }, 10_000)).toBe('rate_limited');
  expect(await readiness.ready({ ...away, isConnected: true }, 0)).toBeNull();
});
