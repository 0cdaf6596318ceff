import { useState } from 'preact/hooks';
import { type CursorTrail, cursorOf, FIRST_PAGE, nextPage, previousPage } from './cursor-trail.ts';

/** Going through pages by `nextCursor`, and back: the API has no cursor backwards. */
export function useCursor() {
  const [trail, setTrail] = useState<CursorTrail>(FIRST_PAGE);
  return {
    /** What to hand to the API; '' on the first page. */
    cursor: cursorOf(trail),
    hasPrevious: trail.length > 1,
    next: (nextCursor: string | null) => setTrail(nextPage(trail, nextCursor)),
    previous: () => setTrail(previousPage(trail)),
    /** When a filter changes. */
    reset: () => setTrail(FIRST_PAGE),
  };
}
