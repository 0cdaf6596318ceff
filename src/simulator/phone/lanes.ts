/** Work that must not overlap: what is given under one name runs in turn. */
export interface Lanes {
  run<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(name, work) {
      const before = tails.get(name) ?? Promise.resolve();
      const result = before.then(work);
      // Whoever comes next waits for the end of this, not for its success.
      const tail = result.then(
        () => undefined,
        () => undefined,
      );
      tails.set(name, tail);
      return result.finally(() => {
        if (tails.get(name) === tail) tails.delete(name);
      });
    },
  };
}
