import { describe, expect, it } from 'vitest';
import { createConnectThrottle, type Ticket } from '../../src/devices/connect-throttle.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

function setUp(limits = { burst: 3, perSecond: 2, maxConcurrent: 100 }) {
  const clock = createManualClock();
  const throttle = createConnectThrottle({ clock, limits });
  const started: string[] = [];
  const enter = (name: string, priority: 'user' | 'fleet' = 'fleet'): Ticket =>
    throttle.enter(priority, () => started.push(name));
  return { clock, throttle, started, enter };
}

describe('the connect throttle', () => {
  it('lets a burst through, then so many a second, in order', () => {
    const { clock, started, enter } = setUp();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) enter(name);
    expect(started).toEqual(['a', 'b', 'c']);
    clock.advance(499);
    expect(started).toHaveLength(3);
    clock.advance(1);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    clock.advance(1_000);
    expect(started).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('never lets a person wait, and takes their token', () => {
    const { clock, started, enter } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    enter('person', 'user');
    expect(started).toEqual(['a', 'b', 'c', 'person']);
    clock.advance(500);
    expect(started).toHaveLength(4);
    clock.advance(500);
    expect(started.at(-1)).toBe('d');
  });

  it('caps the handshakes under way', () => {
    const { clock, started, enter } = setUp({ burst: 10, perSecond: 10, maxConcurrent: 2 });
    const first = enter('a');
    enter('b');
    enter('c');
    clock.advance(60_000);
    expect(started).toEqual(['a', 'b']);
    first.leave();
    first.leave();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('forgets who left the queue', () => {
    const { clock, throttle, started, enter } = setUp();
    for (const name of ['a', 'b', 'c']) enter(name);
    const gone = enter('d');
    enter('e');
    gone.leave();
    clock.advance(500);
    expect(started).toEqual(['a', 'b', 'c', 'e']);
    expect(throttle.waiting()).toBe(0);
  });

  it('goes at a tenth of the rate for as long as it was told to', () => {
    const { clock, throttle, started, enter } = setUp();
    for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name);
    throttle.slowDown(10_000);
    enter('f');
    clock.advance(4_900);
    expect(started).toEqual(['a', 'b', 'c']);
    clock.advance(10_000);
    expect(started.length).toBeGreaterThanOrEqual(5);
  });
});
