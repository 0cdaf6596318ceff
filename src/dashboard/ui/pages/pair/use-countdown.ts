import { useEffect, useState } from 'preact/hooks';
import { browserClock } from '../../lib/clock.ts';

/** Whole seconds until `endsAt` (ms), counted down while shown; 0 when it is over or there is none. */
export function useCountdown(endsAt: number | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const count = () =>
      setLeft(endsAt === null ? 0 : Math.max(0, Math.ceil((endsAt - browserClock.now()) / 1_000)));
    count();
    return endsAt === null ? undefined : browserClock.every(1_000, count);
  }, [endsAt]);
  return left;
}
