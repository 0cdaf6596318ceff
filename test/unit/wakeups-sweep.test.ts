import { describe, expect, it } from 'vitest';
import { type MissedRing, startSweep } from '../../src/wakeups/sweep.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createRecorder } from '../support/recorder.ts';
import { createLogRecorder } from '../support/wakeups.ts';

/** A sweep every ten seconds, whose reading of the rows the test answers. */
function begin() {
  const clock = createManualClock();
  const finds = createRecorder<PromiseWithResolvers<MissedRing[]>>();
  const rung = createRecorder<string>();
  const { log, lines } = createLogRecorder();
  const sweep = startSweep({
    clock,
    everyMs: 10_000,
    find() {
      const find = Promise.withResolvers<MissedRing[]>();
      finds.add(find);
      return find.promise;
    },
    wakeups: { ring: async (topic, id, at) => rung.add(`${topic} ${id} ${at?.toISOString() ?? 'now'}`) },
    log,
  });
  /** The sweep of that number, from 0. */
  const find = (number: number) => {
    const found = finds.all[number];
    if (found === undefined) throw new Error(`sweep ${number} has not begun`);
    return found;
  };
  return { clock, finds, find, rung, lines, sweep };
}

describe('the sweep', () => {
  it('rings at once for all that rows say is due, each at its time', async () => {
    const { find, rung } = begin();
    find(0).resolve([
      { topic: 'outbox', id: 'device-1' },
      { topic: 'schedule', id: 's-1', at: new Date('2026-02-01T10:00:00Z') },
    ]);
    await rung.waitFor((ring) => ring === 'schedule s-1 2026-02-01T10:00:00.000Z');
    expect(rung.all).toContain('outbox device-1 now');
  });

  it('rings for more than fit into one round', async () => {
    const { find, rung } = begin();
    find(0).resolve(Array.from({ length: 120 }, (_, index) => ({ topic: 'job', id: `${index}` })));
    await rung.waitFor((ring) => ring === 'job 119 now');
    expect(rung.all.length).toBe(120);
  });

  it('comes again at its time, but never before the last one has ended', async () => {
    const { clock, finds, find, rung } = begin();
    clock.advance(30_000);
    expect(finds.all.length).toBe(1);
    find(0).resolve([{ topic: 'outbox', id: 'slow' }]);
    await rung.waitFor((ring) => ring === 'outbox slow now');
    await nextSweep(clock, finds, 2);
    find(1).resolve([{ topic: 'outbox', id: 'later' }]);
    await rung.waitFor((ring) => ring === 'outbox later now');
  });

  it('goes on after a failure, and says so once', async () => {
    const { clock, finds, find, lines } = begin();
    find(0).reject(new Error('database away'));
    await lines.waitFor(({ level }) => level === 'warn');
    await nextSweep(clock, finds, 2);
    find(1).reject(new Error('database away'));
    await nextSweep(clock, finds, 3);
    find(2).resolve([]);
    await lines.waitFor(({ message }) => message === 'the sweep works again');
    expect(lines.all.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('waits at its end for the sweep under way, which rings no more', async () => {
    const { clock, finds, find, rung, sweep } = begin();
    const stopped = sweep.stop();
    find(0).resolve([{ topic: 'outbox', id: 'device-1' }]);
    await stopped;
    clock.advance(60_000);
    expect(finds.all.length).toBe(1);
    expect(rung.all).toEqual([]);
  });
});

/** Moves the clock on until the sweep with this count has begun. */
async function nextSweep(
  clock: { advance(ms: number): void },
  finds: { readonly all: readonly unknown[] },
  count: number,
): Promise<void> {
  while (finds.all.length < count) {
    await Promise.resolve();
    clock.advance(10_000);
  }
}
