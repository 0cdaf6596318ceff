/** Counts how often a message was submitted. */
export interface Submissions {
  /** Counts one submission under a key and returns the count so far. */
  count(key: string): number;
}

/** At most twice this many keys are remembered. */
const GENERATION = 200_000;

/** Remembers recent keys only: what was submitted long ago is not submitted again by anybody. */
export function createSubmissions(): Submissions {
  let recent = new Map<string, number>();
  let older = new Map<string, number>();
  return {
    count(key) {
      const count = (recent.get(key) ?? older.get(key) ?? 0) + 1;
      recent.set(key, count);
      if (recent.size >= GENERATION) {
        older = recent;
        recent = new Map();
      }
      return count;
    },
  };
}
