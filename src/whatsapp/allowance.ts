import type { Clock } from '../shared/clock.ts';

/** Says yes so many times a minute; minutes begin with the first question after the last one ended. */
export function createAllowance({ clock, perMinute }: { clock: Clock; perMinute: number }): () => boolean {
  let endsAt = Number.NEGATIVE_INFINITY;
  let left = 0;
  return () => {
    const now = clock.monotonic();
    if (now >= endsAt) [endsAt, left] = [now + 60_000, perMinute];
    left -= 1;
    return left >= 0;
  };
}
