import type { TestProject } from 'vitest/node';
import { hasMariaDb, startMariaDb } from './mariadb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of a MariaDB for all suites of a project that need no more than databases of their own. */
    mariaDbPort: number | undefined;
  }
}

/** Starts the MariaDB that the suites of a project share: starting one for each costs more than most of them. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!hasMariaDb) return undefined;
  const server = await startMariaDb({ syncs: false });
  project.provide('mariaDbPort', server.port);
  return () => server.stop();
}
