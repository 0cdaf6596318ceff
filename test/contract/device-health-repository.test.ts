import { expect, it } from 'vitest';
import { type DeviceHealth, UNTOUCHED } from '../../src/outbox/device-health.ts';
import { createDeviceHealthRepository } from '../../src/outbox/device-health-repository.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const ana = 'ana' as DeviceId;
const clock = createManualClock();
const inMinutes = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000);

const TROUBLED: DeviceHealth = {
  account: '6281200000001@s.whatsapp.net' as Jid,
  reachoutUntil: inMinutes(10),
  ratePausedUntil: inMinutes(20),
  coldPausedUntil: inMinutes(30),
  coldStrikes: 3,
  messageCap: 'second_warning',
  messageCapUntil: inMinutes(40),
  breaker: { outcomes: [true, false, false], openUntil: inMinutes(50) },
  warnings: [{ code: 'hourly_cap', message: 'Zu viele — 多い', since: inMinutes(-1), until: inMinutes(5) }],
  rampStartedAt: inMinutes(-60),
};

describeOnEachDatabase('the health of devices', (open) => {
  it('comes back as it was written', async () => {
    const { find, save } = createDeviceHealthRepository({ database: await open(), clock });
    expect(await find(ana)).toBeNull();
    for (const health of [
      TROUBLED,
      UNTOUCHED,
      { ...TROUBLED, warnings: [], messageCap: 'capped' } as const,
    ]) {
      await save(ana, health);
      expect(await find(ana)).toEqual(health);
    }
    expect(await find('budi' as DeviceId)).toBeNull();
  });

  it('is shown for those who have some, without what is over', async () => {
    const { save, viewsOf } = createDeviceHealthRepository({ database: await open(), clock });
    await save(ana, TROUBLED);
    const over = {
      reachoutUntil: inMinutes(-1),
      ratePausedUntil: clock.now(),
      messageCapUntil: inMinutes(-1),
    };
    await save('budi' as DeviceId, {
      ...TROUBLED,
      ...over,
      coldPausedUntil: null,
      breaker: { outcomes: [], openUntil: inMinutes(-1) },
      warnings: TROUBLED.warnings.map((warning) => ({ ...warning, until: clock.now() })),
    });
    const views = await viewsOf(['ana', 'budi', 'citra']);
    expect(Object.fromEntries(views)).toEqual({
      ana: {
        coldPausedUntil: inMinutes(50).toISOString(),
        rateLimitedUntil: inMinutes(20).toISOString(),
        reachoutLockedUntil: inMinutes(10).toISOString(),
        messageCap: 'second_warning',
        breaker: 'open',
        warnings: [
          {
            code: 'hourly_cap',
            message: 'Zu viele — 多い',
            since: inMinutes(-1).toISOString(),
            until: inMinutes(5).toISOString(),
          },
        ],
      },
      budi: {
        coldPausedUntil: null,
        rateLimitedUntil: null,
        reachoutLockedUntil: null,
        messageCap: 'none',
        breaker: 'probing',
        warnings: [],
      },
    });
    expect(await viewsOf([])).toEqual(new Map());
    const many = ['ana', ...Array.from({ length: 80 }, (_, index) => `device-${index}`)];
    expect([...(await viewsOf(many)).keys()]).toContain('ana');
  });
});
