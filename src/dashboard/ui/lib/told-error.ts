import { ApiError } from './api-error.ts';

/** A failure in the words an area has for its code (`error.<code>`), or as it is. */
export function toldBy(
  t: { maybe(key: string, fallback: string): string },
  error: ApiError | null,
): ApiError | null {
  if (!error) return null;
  const { code, status, details, requestId, retryAfter } = error;
  const message = t.maybe(`error.${code}`, error.message);
  return new ApiError({ code, status, details, requestId, retryAfter, message });
}
