import { afterEach, expect, it } from 'vitest';
import type { Clock } from '../../src/shared/clock.ts';
import type { HandleOptions, Wakeups } from '../../src/wakeups/wakeups.ts';
import { createVisits } from './wakeups.ts';

/** What a test gets: new wake-ups and their clock. */
export interface WakeupsBench {
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  /** Lets time pass where it does not by itself. */
  pass(ms: number): void;
}

const DAY_MS = 86_400_000;

/** What every adapter of the port promises. `open` makes new wake-ups; they are stopped after their test. */
export function behavesLikeWakeups(open: () => WakeupsBench): void {
  const benches: WakeupsBench[] = [];
  const build = () => {
    const bench = open();
    benches.push(bench);
    const inMs = (ms: number) => new Date(bench.clock.now().getTime() + ms);
    return { ...bench, inMs };
  };
  /** With a started handler of the topic `outbox`. */
  const begin = async (options?: HandleOptions) => {
    const bench = build();
    const visits = createVisits();
    bench.wakeups.handle('outbox', visits.handler, options);
    await bench.wakeups.start();
    return { ...bench, visits };
  };
  afterEach(async () => {
    for (const { wakeups, pass } of benches.splice(0)) {
      const stopped = wakeups.stop();
      pass(5_000);
      await stopped;
    }
  });

  it('runs the handler with the id that was rung', async () => {
    const { wakeups, visits } = await begin();
    await wakeups.ring('outbox', 'device-1');
    await visits.times('device-1', 1);
    expect(visits.begun.all).toEqual(['device-1']);
  });

  it('takes ids with any characters', async () => {
    const { wakeups, visits } = await begin();
    const ids = ['1', '007', 'a:b:c', 'ünïcode 📱', 'a'.repeat(200)];
    for (const id of ids) await wakeups.ring('outbox', id);
    await Promise.all(ids.map((id) => visits.times(id, 1)));
    expect([...visits.begun.all].sort()).toEqual([...ids].sort());
  });

  it('keeps topics apart', async () => {
    const { wakeups } = build();
    const [outbox, schedule] = [createVisits(), createVisits()];
    wakeups.handle('outbox', outbox.handler);
    await wakeups.start();
    wakeups.handle('schedule', schedule.handler);
    await wakeups.ring('schedule', 'same');
    await schedule.times('same', 1);
    await wakeups.ring('outbox', 'same');
    await outbox.times('same', 1);
    expect(schedule.count('same')).toBe(1);
    expect(() => wakeups.handle('outbox', outbox.handler)).toThrow('has a handler already');
  });

  it('keeps rings until it is started', async () => {
    const { wakeups } = build();
    const visits = createVisits();
    wakeups.handle('outbox', visits.handler);
    await wakeups.ring('outbox', 'early');
    expect(visits.begun.all).toEqual([]);
    expect(wakeups.healthy()).toBe(false);
    await wakeups.start();
    await visits.times('early', 1);
    expect(wakeups.healthy()).toBe(true);
  });

  it('answers many rings for one id that waits with one run', async () => {
    const { wakeups, visits } = await begin({ concurrency: 1 });
    const release = visits.hold('first');
    await wakeups.ring('outbox', 'first');
    await visits.times('first', 1);
    for (let times = 0; times < 5; times += 1) await wakeups.ring('outbox', 'often');
    expect(await wakeups.depth('outbox')).toBe(1);
    await wakeups.ring('outbox', 'last');
    release();
    await visits.times('last', 1);
    expect(visits.begun.all).toEqual(['first', 'often', 'last']);
  });

  it('runs no more at once than allowed', async () => {
    const { wakeups, visits } = await begin({ concurrency: 2 });
    const other = createVisits();
    wakeups.handle('schedule', other.handler);
    const ids = Array.from({ length: 20 }, (_, index) => `device-${index}`);
    const releases = ids.map((id) => visits.hold(id));
    for (const id of ids) await wakeups.ring('outbox', id);
    await visits.times('device-1', 1);
    await wakeups.ring('schedule', 'meanwhile');
    await other.times('meanwhile', 1);
    expect(visits.begun.all.length).toBe(2);
    for (const release of releases) release();
    await Promise.all(ids.map((id) => visits.times(id, 1)));
    expect(visits.most()).toEqual({ ofAll: 2, ofOne: 1 });
  });

  it('never runs twice at once for one id, and once more for a ring during the run', async () => {
    const { wakeups, visits } = await begin();
    const release = visits.hold('busy');
    await wakeups.ring('outbox', 'busy');
    await visits.times('busy', 1);
    for (let times = 0; times < 3; times += 1) await wakeups.ring('outbox', 'busy');
    await wakeups.ring('outbox', 'other');
    await visits.times('other', 1);
    expect(visits.count('busy')).toBe(1);
    release();
    await visits.times('busy', 2);
    await wakeups.ring('outbox', 'last');
    await visits.times('last', 1);
    expect(visits.count('busy')).toBe(2);
    expect(visits.most().ofOne).toBe(1);
  });

  it('runs once more for every ring that a handler makes for itself', async () => {
    const { wakeups } = build();
    const visits = createVisits();
    wakeups.handle('outbox', async (id) => {
      if (visits.count(id) < 20) await wakeups.ring('outbox', id);
      await visits.handler(id);
    });
    await wakeups.start();
    await wakeups.ring('outbox', 'itself');
    await visits.times('itself', 21);
    expect(visits.most().ofOne).toBe(1);
  });

  it('waits until the time that was asked for', async () => {
    const { wakeups, visits, clock, inMs, pass } = await begin();
    const at = inMs(200);
    await wakeups.ring('outbox', 'later', at);
    await wakeups.ring('outbox', 'now');
    await visits.times('now', 1);
    expect(visits.count('later')).toBe(0);
    expect(await wakeups.depth('outbox')).toBe(0);
    pass(200);
    await visits.times('later', 1);
    // A timer may be a millisecond early against the wall clock.
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(at.getTime() - 2);
  });

  it('takes a time in the past as now', async () => {
    const { wakeups, visits, inMs } = await begin();
    await wakeups.ring('outbox', 'past', inMs(-DAY_MS));
    await visits.times('past', 1);
  });

  it('moves a ring forward for an earlier one, and never back for a later one', async () => {
    const { wakeups, visits, inMs, pass } = await begin();
    await wakeups.ring('outbox', 'forward', inMs(DAY_MS));
    await wakeups.ring('outbox', 'forward', inMs(100));
    await wakeups.ring('outbox', 'forward', inMs(2 * DAY_MS));
    await wakeups.ring('outbox', 'at once', inMs(DAY_MS));
    await wakeups.ring('outbox', 'at once');
    await visits.times('at once', 1);
    pass(100);
    await visits.times('forward', 1);
  });

  it('keeps the earliest of many rings at the same time', async () => {
    const { wakeups, visits, inMs } = await begin();
    const ids = Array.from({ length: 20 }, (_, index) => `device-${index}`);
    const delays = [DAY_MS, 60_000, 0, 5_000, 90_000, 1_000, 30_000, 3_600_000];
    const rings = ids.flatMap((id) => delays.map((ms) => wakeups.ring('outbox', id, inMs(ms))));
    await Promise.all(rings);
    await Promise.all(ids.map((id) => visits.times(id, 1)));
  });

  it('takes a delay beyond the 24.8 days of a timer', async () => {
    const { wakeups, visits, inMs, pass } = await begin();
    await wakeups.ring('outbox', 'next month', inMs(30 * DAY_MS));
    await wakeups.ring('outbox', 'soon', inMs(300));
    pass(300);
    await visits.times('soon', 1);
    expect(visits.begun.all).toEqual(['soon']);
  });

  it('keeps to the time of a ring that came during a long run', async () => {
    const { wakeups, visits, clock, inMs, pass } = await begin();
    const release = visits.hold('long');
    await wakeups.ring('outbox', 'long');
    await visits.times('long', 1);
    await wakeups.ring('outbox', 'long', inMs(1_500));
    await wakeups.ring('outbox', 'nearly there', inMs(1_300));
    pass(1_300);
    await visits.times('nearly there', 1);
    const released = clock.now().getTime();
    release();
    await visits.ended.waitFor((id) => id === 'long');
    pass(200);
    await visits.times('long', 2);
    expect(clock.now().getTime() - released).toBeLessThan(1_200);
  });

  it('tries a failed run again, and holds up nobody meanwhile', async () => {
    const { wakeups, visits, inMs, pass } = await begin({ concurrency: 1 });
    visits.fail('poor', 2);
    await wakeups.ring('outbox', 'poor');
    await visits.times('poor', 1);
    await wakeups.ring('outbox', 'other');
    await visits.times('other', 1);
    await wakeups.ring('outbox', 'poor', inMs(DAY_MS));
    pass(500);
    await visits.times('poor', 2);
    await wakeups.ring('outbox', 'another');
    await visits.times('another', 1);
    pass(1_000);
    await visits.times('poor', 3);
    expect(visits.begun.all).toEqual(['poor', 'other', 'poor', 'another', 'poor']);
  });

  it('runs at once for a ring while a failed run waits for its next try', async () => {
    const { wakeups, visits, inMs } = await begin();
    visits.fail('poor', 1);
    await wakeups.ring('outbox', 'poor');
    await visits.ended.waitFor((id) => id === 'poor');
    await wakeups.ring('outbox', 'other');
    await visits.times('other', 1);
    await wakeups.ring('outbox', 'poor', inMs(DAY_MS));
    await wakeups.ring('outbox', 'poor');
    await visits.times('poor', 2);
  });

  it('drains: starts nothing more and waits for what is under way', async () => {
    const { wakeups, visits } = await begin({ concurrency: 1 });
    const release = visits.hold('under way');
    await wakeups.ring('outbox', 'under way');
    await visits.times('under way', 1);
    await wakeups.ring('outbox', 'waiting');
    const drained = wakeups.drain().then(() => visits.ended.all.length);
    await wakeups.ring('outbox', 'after');
    release();
    expect(await drained).toBe(1);
    expect(wakeups.healthy()).toBe(false);
    await wakeups.stop();
    expect(visits.begun.all).toEqual(['under way']);
  });

  it('stops within five seconds although a run does not end', async () => {
    const { wakeups, visits, clock, pass } = await begin();
    const release = visits.hold('endless');
    await wakeups.ring('outbox', 'endless');
    await visits.times('endless', 1);
    const before = clock.monotonic();
    const stopped = wakeups.stop();
    pass(5_000);
    await stopped;
    expect(clock.monotonic() - before).toBeLessThanOrEqual(5_000);
    release();
  });

  it('takes a ring after the end without a word', async () => {
    const { wakeups, visits } = await begin();
    await wakeups.stop();
    await wakeups.stop();
    await wakeups.ring('outbox', 'too late');
    expect(wakeups.healthy()).toBe(false);
    expect(visits.begun.all).toEqual([]);
  });
}
