/** Remembers what happened, and lets a test wait for what will. */
export interface Recorder<Entry> {
  add(entry: Entry): void;
  readonly all: readonly Entry[];
  /** The first entry that passes, of those there are and those to come; `from` leaves out the first so many. */
  waitFor(predicate: (entry: Entry) => boolean, from?: number): Promise<Entry>;
}

export function createRecorder<Entry>(): Recorder<Entry> {
  const all: Entry[] = [];
  const waiting = new Set<(entry: Entry) => void>();
  return {
    all,
    add(entry) {
      all.push(entry);
      for (const offer of waiting) offer(entry);
    },
    waitFor(predicate, from = 0) {
      const known = all.slice(from).find(predicate);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        const offer = (entry: Entry) => {
          if (!predicate(entry)) return;
          waiting.delete(offer);
          resolve(entry);
        };
        waiting.add(offer);
      });
    },
  };
}
