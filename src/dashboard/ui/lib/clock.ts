/** Time as the pages see it; a test hands in its own. Times in ms. */
export interface UiClock {
  now(): number;
  /** Calls back once; the returned function takes it back. */
  after(ms: number, action: () => void): () => void;
  every(ms: number, action: () => void): () => void;
  /** 0 to 1, for jitter. */
  random(): number;
}

export const browserClock: UiClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  every(ms, action) {
    const timer = setInterval(action, ms);
    return () => clearInterval(timer);
  },
};
