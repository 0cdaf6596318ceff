import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../../lib/api-error.ts';
import { browserClock } from '../../lib/clock.ts';

interface Piece<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

interface Held<Item, Answer> {
  readonly items: readonly Item[];
  /** What the newest first page said beside its items; null before the first. */
  readonly first: Answer | null;
  readonly cursor: string | null;
  readonly error: ApiError | null;
}

interface PagesOptions<Item, Answer> {
  load(cursor: string, signal: AbortSignal): Promise<Answer>;
  /** Puts a page to what is there: behind it, or the first page again over it. */
  join(before: readonly Item[], found: readonly Item[]): readonly Item[];
  /** What is asked: another key begins again, after the typing has stopped. */
  keyOf: string;
}

/** Long enough for the next letter, in ms. */
const TYPING_MS = 250;

/** A list that grows page by page at its end, and whose beginning can be asked for again. */
export function usePages<Item, Answer extends Piece<Item>>({
  load,
  join,
  keyOf,
}: PagesOptions<Item, Answer>) {
  const [held, setHeld] = useState<Held<Item, Answer>>(NOTHING);
  const latest = useRef({ load, join });
  latest.current = { load, join };
  const under = useRef<{ key: string; leaving: AbortController; isBusy: boolean }>();
  const isFirst = useRef(true);

  const fetchInto = useCallback(async (cursor: string) => {
    const mine = under.current;
    if (!mine) return;
    try {
      const answer = await latest.current.load(cursor, mine.leaving.signal);
      if (mine.leaving.signal.aborted) return;
      setHeld((before) => ({
        items: latest.current.join(before.items, answer.items),
        first: cursor === '' ? answer : before.first,
        // The beginning again does not take back how far one has come.
        cursor: cursor !== '' || before.first === null ? answer.nextCursor : before.cursor,
        error: null,
      }));
    } catch (thrown) {
      if (!mine.leaving.signal.aborted) setHeld((before) => ({ ...before, error: toApiError(thrown) }));
    } finally {
      mine.isBusy = false;
    }
  }, []);

  useEffect(() => {
    const leaving = new AbortController();
    under.current = { key: keyOf, leaving, isBusy: false };
    const begin = () => {
      setHeld(NOTHING);
      void fetchInto('');
    };
    const takeBack = browserClock.after(isFirst.current ? 0 : TYPING_MS, begin);
    isFirst.current = false;
    return () => {
      takeBack();
      leaving.abort();
    };
  }, [keyOf]);

  return {
    ...held,
    reload: useCallback(() => void fetchInto(''), []),
    more: () => {
      const now = under.current;
      if (!now || now.isBusy || held.cursor === null) return;
      now.isBusy = true;
      void fetchInto(held.cursor);
    },
  };
}

const NOTHING = { items: [], first: null, cursor: null, error: null };
