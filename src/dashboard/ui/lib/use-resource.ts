import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api-error.ts';

/** What a loader has brought so far. While it loads again, `data` is the earlier answer. */
export interface Resource<Data> {
  readonly state: 'loading' | 'ready' | 'error';
  readonly data: Data | null;
  readonly error: ApiError | null;
  /** Loads again and keeps what is shown until the answer is there. */
  reload(): void;
  /** Changes what is shown without asking the server: live news. */
  update(change: (data: Data) => Data): void;
}

interface Held<Data> {
  readonly state: 'loading' | 'ready' | 'error';
  readonly data: Data | null;
  readonly error: ApiError | null;
}

/** Loads when the component appears and when `keys` change; an answer nobody waits for any more is dropped. */
export function useResource<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  keys: readonly unknown[] = [],
): Resource<Data> {
  const [held, setHeld] = useState<Held<Data>>({ state: 'loading', data: null, error: null });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    const leaving = new AbortController();
    setHeld(({ data }) => ({ state: 'loading', data, error: null }));
    loader.current(leaving.signal).then(
      (data) => {
        if (!leaving.signal.aborted) setHeld({ state: 'ready', data, error: null });
      },
      (error: unknown) => {
        if (!leaving.signal.aborted)
          setHeld(({ data }) => ({ state: 'error', data, error: toApiError(error) }));
      },
    );
    return () => leaving.abort();
  }, [...keys, round]);

  const reload = useCallback(() => setRound((last) => last + 1), []);
  const update = useCallback(
    (change: (data: Data) => Data) =>
      setHeld((last) => (last.data === null ? last : { ...last, data: change(last.data) })),
    [],
  );
  return { ...held, reload, update };
}
