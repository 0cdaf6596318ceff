import type { TimeRange } from './history.ts';
import type { SearchTerms } from './search-terms.ts';

/** Which messages to look among. */
export interface SearchFilter {
  readonly terms: SearchTerms;
  /** Null means of any device. */
  readonly devices: readonly string[] | null;
  readonly range: TimeRange;
  readonly direction?: 'in' | 'out' | undefined;
  /** Only messages this number wrote or got; digits. */
  readonly number?: string | undefined;
}
