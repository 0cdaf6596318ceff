import { describe, expect, it } from 'vitest';
import { createIds } from '../../src/shared/ids.ts';
import { createWakeups } from '../../src/wakeups/create-wakeups.ts';
import { createInProcessWakeups } from '../../src/wakeups/in-process-wakeups.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { createLogRecorder, createVisits } from '../support/wakeups.ts';

async function begin(options: { limit?: number; concurrency?: number } = {}) {
  const clock = createManualClock();
  const { log, lines } = createLogRecorder();
  const { concurrency, ...own } = options;
  const wakeups = createInProcessWakeups({ clock, log, ...own });
  const visits = createVisits();
  wakeups.handle('outbox', visits.handler, concurrency === undefined ? {} : { concurrency });
  await wakeups.start();
  const inMs = (ms: number) => new Date(clock.now().getTime() + ms);
  return { clock, wakeups, visits, lines, inMs };
}

/** What goes beyond the contract that both adapters share. */
describe('wake-ups in the process', () => {
  it('is what createWakeups gives without a Redis URL', async () => {
    const clock = createManualClock();
    const { log } = createLogRecorder();
    const ids = createIds({ clock, random: createSeededRandom(1) });
    const wakeups = await createWakeups({ redisUrl: null, clock, ids, log });
    await wakeups.start();
    expect(wakeups.healthy()).toBe(true);
  });

  it('leaves a ring to the sweep after five failed runs', async () => {
    const { clock, wakeups, visits, lines } = await begin();
    visits.fail('poison', 100);
    await wakeups.ring('outbox', 'poison');
    for (const [tries, waitMs] of [500, 1_000, 2_000, 4_000].entries()) {
      await lines.waitFor(({ level }) => level === 'warn', tries);
      clock.advance(waitMs - 1);
      expect(visits.count('poison')).toBe(tries + 1);
      clock.advance(1);
    }
    await lines.waitFor(({ level }) => level === 'error');
    clock.advance(3_600_000);
    await wakeups.ring('outbox', 'next');
    await visits.times('next', 1);
    expect(visits.count('poison')).toBe(5);

    await wakeups.ring('outbox', 'poison');
    await visits.times('poison', 6);
  });

  it('gives a poisoned id no extra turns for rings during its runs', async () => {
    const { wakeups, visits, lines } = await begin();
    visits.fail('poison', 100);
    const release = visits.hold('poison');
    await wakeups.ring('outbox', 'poison');
    await visits.times('poison', 1);
    await wakeups.ring('outbox', 'poison');
    release();
    await lines.waitFor(({ level }) => level === 'warn');
    await wakeups.ring('outbox', 'other');
    await visits.times('other', 1);
    expect(visits.count('poison')).toBe(1);
  });

  it('keeps a bounded number of rings, and says once that more are left to the sweep', async () => {
    const { clock, wakeups, visits, lines, inMs } = await begin({ limit: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'a']) await wakeups.ring('outbox', id, inMs(60_000));
    expect(lines.all.map(({ level }) => level)).toEqual(['warn']);
    await wakeups.ring('outbox', 'b', inMs(1_000));
    clock.advance(60_000);
    await visits.times('a', 1);
    expect([...visits.begun.all].sort()).toEqual(['a', 'b']);
    await wakeups.ring('outbox', 'c');
    await visits.times('c', 1);
  });

  it('counts what is due and waits', async () => {
    const { wakeups, visits, inMs } = await begin({ concurrency: 1 });
    const release = visits.hold('first');
    await wakeups.ring('outbox', 'first');
    await visits.times('first', 1);
    await wakeups.ring('outbox', 'second');
    await wakeups.ring('outbox', 'third');
    await wakeups.ring('outbox', 'tomorrow', inMs(86_400_000));
    expect(await wakeups.depth('outbox')).toBe(2);
    expect(await wakeups.depth('job')).toBe(0);
    release();
  });
});
