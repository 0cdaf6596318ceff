import type { Clock, Timer } from '../shared/clock.ts';

/** `user`: a person waits for it and goes first; `fleet`: restores and reconnects, paced. */
export type ConnectPriority = 'user' | 'fleet';

export interface ThrottleLimits {
  /** How many may go at once after a pause. */
  readonly burst: number;
  readonly perSecond: number;
  /** Handshakes under way at the same time. */
  readonly maxConcurrent: number;
}

export const DEFAULT_THROTTLE: ThrottleLimits = { burst: 100, perSecond: 10, maxConcurrent: 32 };

/** A place in the queue or a handshake under way; `leave` gives it back, twice is harmless. */
export interface Ticket {
  leave(): void;
}

/** The one gate to WhatsApp: every dial passes it, so that a mass drop never becomes a stampede. */
export interface ConnectThrottle {
  /** Calls `onTurn` when the dial may start, which can be at once. */
  enter(priority: ConnectPriority, onTurn: () => void): Ticket;
  /** WhatsApp asked this address to slow down: a tenth of the rate for `forMs`. */
  slowDown(forMs: number): void;
  waiting(): number;
}

const SLOW_FACTOR = 0.1;

/** A token bucket with a cap on concurrent handshakes. A person's dial takes a token but waits for nothing. */
export function createConnectThrottle({
  clock,
  limits,
}: {
  clock: Clock;
  limits: ThrottleLimits;
}): ConnectThrottle {
  const queue = new Set<() => void>();
  let tokens = limits.burst;
  let refilledAt = clock.monotonic();
  let slowUntil = 0;
  let running = 0;
  let timer: Timer | null = null;

  const rate = () => limits.perSecond * (clock.monotonic() < slowUntil ? SLOW_FACTOR : 1);
  const refill = () => {
    const now = clock.monotonic();
    tokens = Math.min(limits.burst, tokens + ((now - refilledAt) / 1000) * rate());
    refilledAt = now;
  };
  const drain = () => {
    refill();
    for (const start of queue) {
      if (tokens < 1 || running >= limits.maxConcurrent) break;
      queue.delete(start);
      start();
    }
    timer?.cancel();
    timer = null;
    if (queue.size === 0 || running >= limits.maxConcurrent) return;
    timer = clock.after(Math.ceil(((1 - tokens) / rate()) * 1000), drain);
  };

  return {
    enter(priority, onTurn) {
      let place: 'queue' | 'running' | 'left' = 'queue';
      const start = () => {
        place = 'running';
        running += 1;
        tokens -= 1;
        onTurn();
      };
      if (priority === 'user') {
        refill();
        start();
      } else {
        queue.add(start);
        drain();
      }
      return {
        leave() {
          if (place === 'running') running -= 1;
          if (place === 'queue') queue.delete(start);
          const wasIn = place !== 'left';
          place = 'left';
          if (wasIn) drain();
        },
      };
    },
    slowDown(forMs) {
      refill();
      slowUntil = Math.max(slowUntil, clock.monotonic() + forMs);
    },
    waiting: () => queue.size,
  };
}
