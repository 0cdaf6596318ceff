import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// What Node compiled is kept for the processes that come after: those of the tests and those that the tests start.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node-compile');

interface ProjectOptions {
  readonly timeoutMs: number;
  /** False: the files share a process, which has loaded everything already; ours keep nothing beyond a test but caches. */
  readonly isolate?: boolean;
  readonly globalSetup?: string[];
}

/** One project per kind of test, so that each can run alone: `npx vitest run --project unit`. */
const project = (name: string, { timeoutMs, isolate = true, globalSetup = [] }: ProjectOptions) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    isolate,
    globalSetup,
  },
});

const sharedMariaDb = ['test/support/shared-mariadb.ts'];

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // One more than the two processors we count on: much of the time is spent on waiting for other processes.
    maxWorkers: 3,
    projects: [
      project('unit', { timeoutMs: 20_000, isolate: false }),
      project('http', { timeoutMs: 30_000, isolate: false }),
      project('contract', { timeoutMs: 60_000, isolate: false, globalSetup: sharedMariaDb }),
      project('simulator', { timeoutMs: 60_000, isolate: false }),
      project('house', { timeoutMs: 60_000 }),
      project('e2e', { timeoutMs: 120_000, isolate: false }),
      project('browser', { timeoutMs: 120_000, isolate: false }),
      project('chaos', { timeoutMs: 240_000, globalSetup: sharedMariaDb }),
      // What takes minutes by its nature: `npm run long` runs it, with every chaos suite at full size.
      ...(process.env.CHAOS === 'long' ? [project('long', { timeoutMs: 600_000 })] : []),
    ],
  },
});
