import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { DEVICES } from '../api/paths.ts';
import { browserClock } from './clock.ts';
import {
  createLiveStream,
  FRAME_TYPES,
  type LiveFrame,
  type LiveState,
  type OpenSource,
} from './live-stream.ts';

/** Whether the pages are live; the banner shows it. */
export const liveState = signal<LiveState>('closed');

const openEventSource: OpenSource = (url, { opened, failed, frame }) => {
  const source = new EventSource(url);
  source.onopen = opened;
  source.onerror = failed;
  for (const type of FRAME_TYPES) {
    source.addEventListener(type, (event) => {
      const data: LiveFrame = JSON.parse(event.data);
      frame(data, event.lastEventId);
    });
  }
  return () => source.close();
};

const handlers = new Set<(frame: LiveFrame) => void>();
const breakHandlers = new Set<() => void>();

const stream = createLiveStream({
  url: `${DEVICES}/events`,
  open: openEventSource,
  clock: browserClock,
  onFrame(frame) {
    for (const handler of [...handlers]) handler(frame);
  },
  onState(state) {
    liveState.value = state;
  },
  onBroken() {
    for (const handler of [...breakHandlers]) handler();
  },
});

export const startLive = stream.start;
export const stopLive = stream.stop;
export const retryLive = stream.retryNow;

addEventListener('online', stream.retryNow);

/** Calls back for every frame until the returned function is called. For stores; components take `useLive`. */
export function onLive(handler: (frame: LiveFrame) => void): () => void {
  handlers.add(handler);
  return () => handlers.delete(handler);
}

export function onLiveBroken(handler: () => void): void {
  breakHandlers.add(handler);
}

export interface LiveFilter {
  readonly types?: readonly string[];
  readonly deviceId?: string;
}

/**
 * Calls the handler for frames that pass, while the component is shown. `resync` passes every filter: something may have
 * been missed, so load again.
 */
export function useLive(filter: LiveFilter, handler: (frame: LiveFrame) => void): void {
  const latest = useRef({ filter, handler });
  latest.current = { filter, handler };
  useEffect(
    () =>
      onLive((frame) => {
        const { types, deviceId } = latest.current.filter;
        const passes =
          frame.type === 'resync' ||
          ((types?.includes(frame.type) ?? true) && (deviceId === undefined || frame.deviceId === deviceId));
        if (passes) latest.current.handler(frame);
      }),
    [],
  );
}
