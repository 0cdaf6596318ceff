import type { HostResolver } from '../../src/egress/egress-resolver.ts';

/** A resolver that knows what a test tells it, and counts the questions. */
export interface FakeResolver extends HostResolver {
  /** The answers to the questions about `host`, one list for each; the last one stays. */
  answer(host: string, ...answers: (readonly string[])[]): void;
  /** Names asked for, in order; `system:` before those asked of the machine instead of DNS. */
  readonly asked: string[];
}

export function createFakeResolver(known: Readonly<Record<string, readonly string[]>> = {}): FakeResolver {
  const answersOf = new Map(Object.entries(known).map(([host, addresses]) => [host, [addresses]]));
  const asked: string[] = [];
  const resolve = async (host: string) => {
    const answers = answersOf.get(host) ?? [];
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next === undefined) throw new Error(`ENOTFOUND ${host}`);
    return next;
  };
  return {
    asked,
    answer: (host, ...answers) => void answersOf.set(host, answers),
    async byDns(host) {
      asked.push(host);
      return await resolve(host);
    },
    async bySystem(host) {
      asked.push(`system:${host}`);
      return await resolve(host);
    },
  };
}
