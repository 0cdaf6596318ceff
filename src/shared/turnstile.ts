/** Lets a few through at a time; the others wait in their order. */
export interface Turnstile {
  /** Does the work when it is its turn, and rejects as the work does. */
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createTurnstile(atOnce: number): Turnstile {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    async pass(work) {
      if (inside >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      else inside += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else inside -= 1;
      }
    },
  };
}
