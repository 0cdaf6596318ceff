import { useCallback, useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api-error.ts';

/** Something a person starts: a button's or a form's request. */
export interface Action<Given extends readonly unknown[], Result> {
  readonly busy: boolean;
  readonly error: ApiError | null;
  /** Resolves to what `act` brought, or null when it failed; the failure is in `error`. */
  run(...given: Given): Promise<Result | null>;
  clear(): void;
}

/** Follows one request at a time; a second press while it runs does nothing. */
export function useAction<Given extends readonly unknown[], Result>(
  act: (...given: Given) => Promise<Result>,
): Action<Given, Result> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async (...given: Given) => {
    if (busy) return null;
    setBusy(true);
    setError(null);
    try {
      return await act(...given);
    } catch (thrown) {
      setError(toApiError(thrown));
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run, clear: useCallback(() => setError(null), []) };
}
