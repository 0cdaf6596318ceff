import { expect, it } from 'vitest';
import {
  createLiveStream,
  type LiveFrame,
  type LiveState,
  type OpenSource,
  type SourceListeners,
  waitAfter,
} from '../../../src/dashboard/ui/lib/live-stream.ts';
import { fakeUiClock } from '../../fakes/ui-clock.ts';

/** A stream over sources that the test opens, feeds and breaks. */
function stage() {
  const clock = fakeUiClock();
  const opened: { url: string; listeners: SourceListeners; isClosed: boolean }[] = [];
  const frames: LiveFrame[] = [];
  const states: LiveState[] = [];
  let broken = 0;
  const open: OpenSource = (url, listeners) => {
    const source = { url, listeners, isClosed: false };
    opened.push(source);
    return () => {
      source.isClosed = true;
    };
  };
  const stream = createLiveStream({
    url: '/events',
    open,
    clock,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onBroken: () => {
      broken += 1;
    },
  });
  const last = () => {
    const source = opened.at(-1);
    if (!source) throw new Error('nothing was opened');
    return source;
  };
  return { clock, stream, opened, frames, states, last, brokenTimes: () => broken };
}

it('a stream that breaks comes back by itself, behind the last event it saw', () => {
  const { clock, stream, opened, frames, states, last, brokenTimes } = stage();
  stream.start();
  expect(last().url).toBe('/events');
  last().listeners.opened();
  last().listeners.frame({ type: 'status', deviceId: 'anna' }, '01A');
  last().listeners.frame({ type: 'qr', deviceId: 'anna' }, '');
  last().listeners.failed();
  expect(opened).toHaveLength(1);
  expect(last().isClosed).toBe(true);
  clock.advance(1_000);
  expect(opened).toHaveLength(2);
  expect(last().url).toBe('/events?lastEventId=01A');
  last().listeners.opened();
  expect(frames.map(({ type }) => type)).toEqual(['status', 'qr']);
  expect(states).toEqual(['connecting', 'open', 'reconnecting', 'open']);
  expect(brokenTimes()).toBe(1);
});

it('it waits longer after every failure, up to half a minute, and not longer once it was open', () => {
  expect([0, 1, 2, 10].map((failures) => waitAfter(failures, 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
  expect(waitAfter(10, 0)).toBe(15_000);
  const { clock, stream, opened, last } = stage();
  stream.start();
  for (const wait of [1_000, 2_000, 4_000]) {
    last().listeners.failed();
    const before = opened.length;
    clock.advance(wait);
    expect(opened.length).toBe(before + 1);
  }
  last().listeners.opened();
  last().listeners.failed();
  clock.advance(1_000);
  expect(opened).toHaveLength(5);
});

it('it can be told not to wait, and then tries once', () => {
  const { clock, stream, opened, last } = stage();
  stream.start();
  last().listeners.failed();
  stream.retryNow();
  expect(opened).toHaveLength(2);
  clock.advance(60_000);
  expect(opened).toHaveLength(2);
});

it('stopped, it stays silent and forgets what it saw', () => {
  const { clock, stream, opened, states, last } = stage();
  stream.start();
  last().listeners.frame({ type: 'status' }, '01A');
  const old = last();
  stream.stop();
  old.listeners.failed();
  stream.retryNow();
  clock.advance(60_000);
  expect(opened).toHaveLength(1);
  expect(states.at(-1)).toBe('closed');
  stream.start();
  expect(last().url).toBe('/events');
});
