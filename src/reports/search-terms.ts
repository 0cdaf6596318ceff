import { AppError } from '../shared/errors.ts';

/** What a caller searches for: words that all must begin a word of the text. Only letters, digits and marks, so no operators. */
export interface SearchTerms {
  /** At least three characters each; MySQL's index knows no shorter words. */
  readonly long: readonly string[];
  readonly short: readonly string[];
}

const MOST_TERMS = 10;
const SHORTEST_LONG = 3;
/** In characters; MySQL indexes no longer words. */
const LONGEST = 84;

/** Takes the words out of what somebody typed. Throws SEARCH_QUERY_INVALID when nothing can be searched for. */
export function readSearchTerms(text: string): SearchTerms {
  const words = [...new Set(text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])];
  if (words.length > MOST_TERMS)
    throw new AppError('SEARCH_QUERY_INVALID', { reason: `more than ${MOST_TERMS} words` });
  const length = (word: string) => [...word].length;
  if (words.some((word) => length(word) > LONGEST))
    throw new AppError('SEARCH_QUERY_INVALID', { reason: `a word of more than ${LONGEST} characters` });
  const long = words.filter((word) => length(word) >= SHORTEST_LONG);
  if (long.length === 0)
    throw new AppError('SEARCH_QUERY_INVALID', {
      reason: `no word of at least ${SHORTEST_LONG} letters or digits`,
    });
  return { long, short: words.filter((word) => length(word) < SHORTEST_LONG) };
}
