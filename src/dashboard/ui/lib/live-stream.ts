import type { UiClock } from './clock.ts';

/** A frame of the event stream, see docs/events.md; further fields belong to its type. */
export interface LiveFrame {
  readonly type: string;
  readonly deviceId?: string;
  readonly at?: string;
  readonly [field: string]: unknown;
}

/** Every name a frame can have: EventSource tells only of those one asks for. */
export const FRAME_TYPES = [
  'status',
  'qr',
  'pairing_code',
  'authenticated',
  'disconnected',
  'message',
  'message_status',
  'poll_vote',
  'job',
  'schedule',
  'resync',
  'too_slow',
] as const;

/** `connecting` before the first answer; `reconnecting` after a stream broke; `closed` when nobody wants it. */
export type LiveState = 'closed' | 'connecting' | 'open' | 'reconnecting';

/** One attempt at a stream; EventSource behind it, a fake in tests. */
export type OpenSource = (url: string, listeners: SourceListeners) => () => void;

export interface SourceListeners {
  opened(): void;
  failed(): void;
  frame(frame: LiveFrame, id: string): void;
}

interface LiveStreamDeps {
  readonly url: string;
  readonly open: OpenSource;
  readonly clock: UiClock;
  onFrame(frame: LiveFrame): void;
  onState(state: LiveState): void;
  /** Told of every stream that broke: the session may have ended. */
  onBroken(): void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Keeps one stream open while wanted; after a break it comes back by itself behind the last event it saw. */
export function createLiveStream({ url, open, clock, onFrame, onState, onBroken }: LiveStreamDeps) {
  let lastId = '';
  let failures = 0;
  let wanted = false;
  let closeSource = () => {};
  let cancelWait = () => {};

  function connect() {
    cancelWait();
    closeSource();
    const address = lastId === '' ? url : `${url}?lastEventId=${encodeURIComponent(lastId)}`;
    closeSource = open(address, {
      opened() {
        failures = 0;
        onState('open');
      },
      failed: broken,
      frame(frame, id) {
        if (id !== '') lastId = id;
        onFrame(frame);
      },
    });
  }

  function broken() {
    if (!wanted) return;
    closeSource();
    onState('reconnecting');
    cancelWait();
    cancelWait = clock.after(waitAfter(failures, clock.random()), connect);
    failures += 1;
    onBroken();
  }

  return {
    /** Idempotent. */
    start() {
      if (wanted) return;
      wanted = true;
      onState('connecting');
      connect();
    },
    /** Ends it and forgets what was seen: the next person begins anew. */
    stop() {
      wanted = false;
      lastId = '';
      failures = 0;
      cancelWait();
      closeSource();
      onState('closed');
    },
    /** Tries at once instead of waiting: the network is back, or the person asks. */
    retryNow() {
      if (wanted) connect();
    },
  };
}

/** Doubles up to half a minute; half of it is chance, so that a restarted server is not met by all pages at once. */
export function waitAfter(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  return longest / 2 + (longest / 2) * chance;
}
