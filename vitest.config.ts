import { defineConfig } from 'vitest/config';

/** One project per kind of test, so that each can run alone: `npx vitest run --project unit`. */
const project = (name: string, timeoutMs: number, globalSetup: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    globalSetup,
  },
});

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      project('unit', 20_000),
      project('http', 30_000),
      project('contract', 60_000, ['test/support/shared-mariadb.ts']),
      project('simulator', 60_000),
      project('house', 60_000),
      project('e2e', 120_000),
      project('chaos', 240_000),
      // What takes minutes by its nature: `npm run long` runs it, with every chaos suite at full size.
      ...(process.env.CHAOS === 'long' ? [project('long', 600_000)] : []),
    ],
  },
});
