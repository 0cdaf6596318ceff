/** A pending timer; cancelling twice is harmless. */
export interface Timer {
  cancel(): void;
}

/** All time comes from here, so that tests advance it by hand instead of sleeping. */
export interface Clock {
  /** Wall clock; may jump. For what people read and what is stored. */
  now(): Date;
  /** Milliseconds that never go back. For deadlines and durations. */
  monotonic(): number;
  /** Calls `run` once after `delayMs` milliseconds; a timer never keeps the process alive by itself. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` every `periodMs` milliseconds until cancelled. */
  every(periodMs: number, run: () => void): Timer;
}

/** The longest delay setTimeout takes: beyond 2^31-1 ms it fires at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const deadline = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = () => {
      const left = deadline - performance.now();
      const fire = left > LONGEST_TIMEOUT_MS ? arm : run;
      handle = setTimeout(fire, Math.min(Math.max(left, 0), LONGEST_TIMEOUT_MS));
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, run) {
    const handle = setInterval(run, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};
