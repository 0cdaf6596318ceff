import type { UiClock } from '../../src/dashboard/ui/lib/clock.ts';

/** A clock of the pages that moves when told to; `random()` is always 1. */
export function fakeUiClock(): UiClock & { advance(ms: number): void } {
  let now = 0;
  const waiting = new Set<{ at: number; every: number | null; action: () => void }>();
  const add = (ms: number, every: number | null, action: () => void) => {
    const entry = { at: now + ms, every, action };
    waiting.add(entry);
    return () => void waiting.delete(entry);
  };
  return {
    now: () => now,
    random: () => 1,
    after: (ms, action) => add(ms, null, action),
    every: (ms, action) => add(ms, ms, action),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        now = next.at;
        if (next.every === null) waiting.delete(next);
        else next.at += next.every;
        next.action();
      }
      now = end;
    },
  };
}
