import { describe, expect, it } from 'vitest';
import { createHistory } from '../../src/simulator/server/history.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const opened = (connection: string) => ({ kind: 'connection-opened', connection }) as const;

describe('the history', () => {
  it('counts without gaps and tells the time', () => {
    const clock = createManualClock(new Date(1000));
    const history = createHistory({ clock });
    history.append(opened('a'));
    clock.advance(5);
    history.append({ kind: 'upgrade-refused', status: 503 });
    expect(history.records()).toEqual([
      { kind: 'connection-opened', connection: 'a', sequence: 1, at: 1000 },
      { kind: 'upgrade-refused', status: 503, sequence: 2, at: 1005 },
    ]);
    expect(history.of('upgrade-refused').map(({ status }) => status)).toEqual([503]);
    expect(JSON.parse(history.dump())).toEqual(history.records());
  });

  it('answers a waiter from the past and from the future', async () => {
    const history = createHistory({ clock: createManualClock() });
    history.append(opened('a'));
    const past = await history.waitFor(({ kind }) => kind === 'connection-opened');
    expect(past.sequence).toBe(1);
    const future = history.waitFor(({ kind }) => kind === 'connection-opened', { after: past.sequence });
    history.append({ kind: 'upgrade-refused', status: 403 });
    history.append(opened('b'));
    expect((await future).sequence).toBe(3);
  });

  it('lets a waiter go when its signal aborts, before or after', async () => {
    const history = createHistory({ clock: createManualClock() });
    const stop = new AbortController();
    const waiting = history.waitFor(() => true, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(history.waitFor(() => true, { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('drops the oldest when it holds more than it may keep', () => {
    const history = createHistory({ clock: createManualClock(), keep: 100 });
    for (let count = 0; count < 1000; count += 1) history.append(opened(String(count)));
    const records = history.records();
    expect(records.length).toBeLessThanOrEqual(100);
    expect(records.at(-1)?.sequence).toBe(1000);
    expect(history.dropped + records.length).toBe(1000);
  });

  it('keeps nothing when it is told to, and still counts', () => {
    const history = createHistory({ clock: createManualClock(), keep: 0 });
    history.append(opened('a'));
    expect(history.records()).toEqual([]);
    expect(history.sequence).toBe(1);
  });
});
