/** The cursors one came by, the present one last; '' is the first page. */
export type CursorTrail = readonly string[];

export const FIRST_PAGE: CursorTrail = [''];

export function cursorOf(trail: CursorTrail): string {
  return trail.at(-1) ?? '';
}

/** A page on; the same when there is none. */
export function nextPage(trail: CursorTrail, nextCursor: string | null): CursorTrail {
  return nextCursor === null ? trail : [...trail, nextCursor];
}

/** A page back; the first page stays. */
export function previousPage(trail: CursorTrail): CursorTrail {
  return trail.length > 1 ? trail.slice(0, -1) : trail;
}
