import type { UiClock } from './clock.ts';

/** News come in bursts: what is asked for while one waits is done once. Times in ms. */
export interface Soon {
  ask(): void;
  /** Takes back what waits. */
  stop(): void;
}

export function createSoon(clock: Pick<UiClock, 'after'>, ms: number, act: () => void): Soon {
  let takeBack: (() => void) | null = null;
  return {
    ask() {
      takeBack ??= clock.after(ms, () => {
        takeBack = null;
        act();
      });
    },
    stop() {
      takeBack?.();
      takeBack = null;
    },
  };
}
