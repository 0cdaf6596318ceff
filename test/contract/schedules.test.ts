import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import type { LocalTime } from '../../src/schedules/local-time.ts';
import { createRecurrence } from '../../src/schedules/recurrence.ts';
import type { Schedule } from '../../src/schedules/schedule.ts';
import { startScheduleLookout } from '../../src/schedules/schedule-lookout.ts';
import { createScheduleRunner } from '../../src/schedules/schedule-runner.ts';
import { localTimeAt } from '../../src/schedules/zone.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createInProcessWakeups } from '../../src/wakeups/in-process-wakeups.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { createScheduleWorld } from '../support/schedule-world.ts';

const ANA = 'ana' as DeviceId;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Every minute since yesterday. */
const everyMinute = (now: Date) =>
  createRecurrence(
    '* * * * *',
    localTimeAt(new Date(now.getTime() - DAY_MS), 'Asia/Jakarta'),
    'Asia/Jakarta',
  );

describeOnEachDatabase('schedules', (open) => {
  const world = async () => createScheduleWorld({ database: await open() });

  it('are given back as they were stored', async () => {
    const { add, read, schedules } = await world();
    const recurrence = createRecurrence('FREQ=DAILY;COUNT=3', '2026-11-23 09:00:00' as LocalTime, 'UTC');
    const added = await add(HOUR_MS, { recurrence, text: 'halo 😀', timezone: 'UTC', missedPolicy: 'skip' });
    const found = await read(added.id);
    expect(found).toMatchObject({
      ...added,
      status: 'active',
      runs: 0,
      lastRunAt: null,
      lastMessageId: null,
    });
    expect(found?.createdAt).toEqual(found?.updatedAt);
    expect(await schedules.find('01K0000000000000000000000Z')).toBeNull();
  });

  it('are listed by page and by cursor, with filters and a total', async () => {
    const { add, service, schedules } = await world();
    const added: string[] = [];
    for (let number = 0; number < 7; number += 1) {
      added.push((await add(HOUR_MS, number === 3 ? { to: '9@g.us' as Schedule['to'] } : {})).id);
    }
    await add(HOUR_MS, { deviceId: 'budi' as DeviceId });
    const idsOf = async (query: object) => {
      const listing = { deviceId: ANA, order: 'desc' as const, page: 1, pageSize: 3, ...query };
      const { items, total, nextCursor } = await service.list(listing);
      return {
        ids: items.map(({ scheduleId }) => added.indexOf(scheduleId)),
        total,
        more: nextCursor !== null,
      };
    };
    expect(await idsOf({})).toEqual({ ids: [6, 5, 4], total: 7, more: true });
    expect(await idsOf({ page: 3 })).toEqual({ ids: [0], total: 7, more: false });
    expect(await idsOf({ cursor: added[4] })).toEqual({ ids: [3, 2, 1], total: 7, more: true });
    expect(await idsOf({ order: 'asc', cursor: added[4] })).toEqual({ ids: [5, 6], total: 7, more: false });
    await service.cancel(ANA, added[2] ?? '');
    expect(await idsOf({ status: 'cancelled' })).toEqual({ ids: [2], total: 1, more: false });
    const first = { order: 'asc', limit: 9, offset: 0 } as const;
    const groups = await schedules.list({ deviceIds: [ANA], to: '9@g.us' as Schedule['to'], ...first });
    expect(groups.map(({ id }) => id)).toEqual([added[3]]);
    const countOf = (deviceIds: readonly string[] | null) => schedules.count({ deviceIds });
    expect(await Promise.all([null, [ANA, 'budi'], ['budi'], []].map(countOf))).toEqual([8, 8, 1, 0]);
  });

  it('say which are due by the clock of the database', async () => {
    const { add, schedules, service } = await world();
    const overdue = await add(-5_000);
    const soon = await add(3_000);
    await add(60_000);
    await service.cancel(ANA, (await add(1_000)).id);
    const due = await schedules.dueWithin(10_000, 10);
    expect(due.map(({ id }) => id)).toEqual([overdue.id, soon.id]);
    expect(due[0]?.inMs).toBeLessThanOrEqual(-5_000);
    expect(due[1]?.inMs).toBeLessThanOrEqual(3_000);
    expect(due[1]?.inMs).toBeGreaterThan(0);
    expect(await schedules.dueWithin(10_000, 1)).toHaveLength(1);
  });

  describe('G14: a message goes exactly once', () => {
    it('although ten processes find it due at the same moment', async () => {
      const url = await open.freshUrl();
      const first = await open(url);
      await migrate(first, { log: silentLogger });
      const racers = [createScheduleWorld({ database: first })];
      while (racers.length < 10) racers.push(createScheduleWorld({ database: await open(url) }));
      const [one] = racers;
      if (!one) throw new Error('there is nobody');
      const now = await first.now();
      const once = await one.add(-10);
      const again = await one.add(-10, { text: 'again', recurrence: everyMinute(now) });

      await Promise.all(racers.flatMap(({ run }) => [run(once.id), run(again.id)]));

      expect((await one.sent()).sort()).toEqual(['again', 'good morning']);
      expect(await one.read(once.id)).toMatchObject({ status: 'done', runs: 1, runAt: once.runAt });
      const next = await one.read(again.id);
      expect(next).toMatchObject({ status: 'active', runs: 1 });
      expect(next?.runAt.getTime()).toBeGreaterThan(now.getTime());
      const told = racers.flatMap(({ published }) => published.all);
      expect(told.filter(({ change }) => change === 'sent')).toHaveLength(2);
      const [message] = (await one.page()).filter(({ scheduleId }) => scheduleId === once.id);
      expect(message).toMatchObject({
        source: 'schedule',
        waMessageId: (await one.read(once.id))?.lastMessageId,
      });
    });

    it('or nothing happens at all: the message and the schedule change together', async () => {
      const { add, read, sent, schedules, outbox, ...parts } = await world();
      const due = await add(-10);
      const before = await read(due.id);
      const broken = createScheduleRunner({
        ...parts,
        schedules,
        outbox: {
          // The second message of the same transaction has the id of the first.
          accept: ([message], options) => outbox.accept(message ? [message, message] : [], options),
        },
      });
      await expect(broken(due.id)).rejects.toThrow();
      expect(await sent()).toEqual([]);
      expect(await read(due.id)).toEqual(before);
      await parts.run(due.id);
      expect(await sent()).toEqual(['good morning']);
    });

    it('with the text of an edit that came in between, or not at all after a cancel', async () => {
      const { add, sent, schedules, service, run, rings, ...parts } = await world();
      const [edited, cancelled] = [await add(-10), await add(-10)];
      const slow = (meanwhile: (id: string) => Promise<unknown>) =>
        createScheduleRunner({
          ...parts,
          schedules: {
            ...schedules,
            async find(id) {
              const reading = await schedules.find(id);
              await meanwhile(id);
              return reading;
            },
          },
        });
      await slow((id) => service.edit(ANA, id, { message: 'good evening' }))(edited.id);
      await slow((id) => service.cancel(ANA, id))(cancelled.id);
      expect(await sent()).toEqual([]);
      expect(rings.all).toEqual(expect.arrayContaining([edited.id, cancelled.id]));
      await run(edited.id);
      await run(cancelled.id);
      expect(await sent()).toEqual(['good evening']);
    });

    it('a hundred that are due together, on the clock of the database whatever the wall clock does', async () => {
      const database = await open();
      const { clock, jump } = createJumpingClock();
      const wakeups = createInProcessWakeups({ clock, log: silentLogger });
      onTestFinished(() => wakeups.stop());
      const { add, run, published, schedules, sent, service } = createScheduleWorld({
        database,
        clock,
        wakeups,
      });
      wakeups.handle('schedule', run);
      await wakeups.start();
      const lookout = startScheduleLookout({ schedules, wakeups, clock, log: silentLogger });
      onTestFinished(() => lookout.stop());
      jump(-DAY_MS);
      const scheduleTime = {
        kind: 'moment',
        at: new Date((await database.now()).getTime() + 2_000),
      } as const;
      const order = {
        to: '+6281200000002',
        message: 'asked for',
        scheduleTime,
        missedPolicy: 'skip',
      } as const;
      const asked = await service.create(ANA, order, () => []);
      jump(2 * DAY_MS);
      for (let number = 1; number < 100; number += 1) await add(2_000);
      jump(-DAY_MS / 2);

      const done = new Set<string>();
      while (done.size < 100) {
        const { schedule } = await published.waitFor(
          (event) => event.change !== 'created' && !done.has(event.schedule.id),
        );
        done.add(schedule.id);
        const lateMs = (schedule.lastRunAt?.getTime() ?? 0) - schedule.runAt.getTime();
        expect(lateMs).toBeGreaterThanOrEqual(0);
        expect(lateMs).toBeLessThanOrEqual(2_000);
      }
      expect(done).toContain(asked);
      expect(await sent()).toHaveLength(100);
    });
  });

  describe('a time that passed while nobody served', () => {
    it('is sent once, or left out and said to be missed', async () => {
      const { add, run, read, sent, published } = await world();
      const late = await add(-2 * HOUR_MS);
      const skipped = await add(-2 * HOUR_MS, { missedPolicy: 'skip', text: 'too late' });
      for (const { id } of [late, skipped, late, skipped]) await run(id);
      expect(await sent()).toEqual(['good morning']);
      expect(await read(late.id)).toMatchObject({ status: 'done', runs: 1 });
      expect(await read(skipped.id)).toMatchObject({ status: 'missed', runs: 0, lastMessageId: null });
      expect(published.all.map(({ change }) => change)).toEqual(['sent', 'missed']);
    });

    it('is not sent for each of many, and the rule goes on', async () => {
      const { add, run, read, sent, schedules } = await world();
      const recurrence = everyMinute(await schedules.now());
      const late = await add(-5 * HOUR_MS, { recurrence });
      const skipped = await add(-5 * HOUR_MS, { recurrence, missedPolicy: 'skip', text: 'too late' });
      for (const { id } of [late, skipped, late, skipped]) await run(id);
      expect(await sent()).toEqual(['good morning']);
      const now = await schedules.now();
      for (const { id } of [late, skipped]) {
        const after = await read(id);
        expect(after?.status).toBe('active');
        expect(Math.abs((after?.runAt.getTime() ?? 0) - now.getTime())).toBeLessThan(61_000);
      }
    });
  });

  it('before its time nothing goes, and the ring comes again', async () => {
    const { add, run, sent, rings } = await world();
    const early = await add(30_000);
    await run(early.id);
    expect(await sent()).toEqual([]);
    expect(rings.all).toEqual([early.id]);
    await run('01K0000000000000000000000Z');
    expect(rings.all).toEqual([early.id]);
  });

  it('end with their device, and another device of the same name sends nothing of them', async () => {
    const database = await open();
    const proxySealer = { seal: (url: string) => url, open: (text: string) => text };
    const devices = createDeviceRepository({ database, clock: systemClock, proxySealer });
    const { add, read, run, sent } = createScheduleWorld({ database, devices });
    const settings = DEFAULT_DEVICE_SETTINGS;
    const addDevice = () =>
      devices.add({ deviceId: ANA, deviceName: null, tags: [], proxyUrl: null, settings });
    await addDevice();
    const [due, ahead] = [await add(-10), await add(HOUR_MS)];
    await devices.remove(ANA);
    await addDevice();
    for (const { id } of [due, ahead]) {
      await run(id);
      expect(await read(id)).toMatchObject({ status: 'cancelled' });
    }
    const kept = await add(-10);
    await devices.purge(ANA);
    expect(await read(kept.id)).toBeUndefined();
    const orphan = await add(-10);
    await run(orphan.id);
    expect(await read(orphan.id)).toMatchObject({ status: 'cancelled' });
    expect(await sent()).toEqual([]);
  });

  it('cancel is idempotent, what is over can be neither cancelled nor edited', async () => {
    const { add, run, service } = await world();
    const { id } = await add(HOUR_MS);
    expect(await service.cancel(ANA, id)).toMatchObject({ status: 'cancelled' });
    expect(await service.cancel(ANA, id)).toMatchObject({ status: 'cancelled' });
    await expect(service.edit(ANA, id, { message: 'x' })).rejects.toMatchObject({
      code: 'SCHEDULE_FINISHED',
    });
    const over = await add(-10);
    await run(over.id);
    await expect(service.cancel(ANA, over.id)).rejects.toMatchObject({ code: 'SCHEDULE_FINISHED' });
    await expect(service.view('budi' as DeviceId, id)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
  });
});

/** The wall clock of a machine whose operator sets it; time that is measured goes on. */
function createJumpingClock(): { clock: Clock; jump(ms: number): void } {
  let offsetMs = 0;
  return {
    clock: { ...systemClock, now: () => new Date(systemClock.now().getTime() + offsetMs) },
    jump(ms) {
      offsetMs += ms;
    },
  };
}
