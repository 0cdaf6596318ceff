import type { Clock } from '../shared/clock.ts';

/** Wakes one waiting loop. A ring while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void;
  /** Resolves with the next ring, or at `until`; null waits for a ring alone. */
  wait(until: Date | null): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(until) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = until && clock.after(until.getTime() - clock.now().getTime(), resolve);
          wake = () => {
            timer?.cancel();
            resolve();
          };
        });
      }
      rung = false;
      wake = () => {};
    },
  };
}
