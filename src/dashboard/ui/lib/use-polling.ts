import { useEffect, useRef } from 'preact/hooks';
import { browserClock } from './clock.ts';

/** For what the event stream does not tell: calls back now and then while the page is shown and looked at. */
export function usePolling(everyMs: number, action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(
    () =>
      browserClock.every(everyMs, () => {
        if (document.visibilityState === 'visible') latest.current();
      }),
    [everyMs],
  );
}
