import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createDatabaseAt, hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { openMigrated } from './migrated.ts';

/** What a suite gets to open databases with; everything opened is closed and cleared away after the suite. */
export interface DatabaseOpener {
  readonly dialect: 'sqlite' | 'mysql';
  /** A fresh, migrated database; or, given the URL of `freshUrl`, one more door to the same one. */
  (url?: string): Promise<Database>;
  /** The URL of a new database without any table. */
  freshUrl(): Promise<string>;
}

type Suite = (open: DatabaseOpener) => void;

/** Runs a suite on SQLite and on a private MariaDB. Without a MariaDB its half is skipped, or fails if services are required. */
export function describeOnEachDatabase(name: string, suite: Suite): void {
  describeOnSqlite(name, suite);
  describeOnMariaDb(name, suite);
}

/** Runs a suite on SQLite alone. */
export function describeOnSqlite(name: string, suite: Suite): void {
  describe(`${name} (SQLite)`, () => {
    let folder: string | undefined;
    let files = 0;
    const opener = createOpener('sqlite', async () => {
      folder ??= await mkdtemp(join(tmpdir(), 'wafleet-sqlite-'));
      files += 1;
      return `file:${folder}/${files}.db`;
    });
    afterAll(async () => {
      await opener.closeAll();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });
    suite(opener.open);
  });
}

/** Runs a suite on MariaDB alone: on the one that the project's suites share, if there is one, or on one of its own. */
export function describeOnMariaDb(name: string, suite: Suite): void {
  onMariaDb(name, suite, inject('mariaDbPort'));
}

/** The same for a suite that looks at what the whole server does. */
export function describeOnOwnMariaDb(name: string, suite: Suite): void {
  onMariaDb(name, suite, undefined);
}

function onMariaDb(name: string, suite: Suite, sharedPort: number | undefined): void {
  describe(`${name} (MariaDB)`, () => {
    if (!hasMariaDb) return reportMissing();
    let server: MariaDb | undefined;
    const opener = createOpener('mysql', async () => {
      if (sharedPort !== undefined) return createDatabaseAt(sharedPort);
      if (server === undefined)
        throw new Error('MariaDB is not running yet: open databases in hooks or tests');
      return server.createDatabase();
    });
    beforeAll(async () => {
      if (sharedPort === undefined) server = await startMariaDb({ syncs: false });
    });
    afterAll(async () => {
      await opener.closeAll();
      await server?.stop();
    });
    suite(opener.open);
  });
}

function reportMissing(): void {
  const reason = 'mariadbd is not installed: nothing was tested on MariaDB';
  it('has a MariaDB to run on', ({ skip }) => {
    if (process.env.CI_REQUIRE_SERVICES === '1') throw new Error(reason);
    console.warn(reason);
    skip(reason);
  });
}

function createOpener(dialect: 'sqlite' | 'mysql', freshUrl: () => Promise<string>) {
  const opened: Database[] = [];
  const open = async (url?: string) => {
    const database =
      url === undefined
        ? await openMigrated(await freshUrl())
        : await openDatabase({ url, log: silentLogger, clock: systemClock });
    opened.push(database);
    return database;
  };
  return {
    open: Object.assign(open, { dialect, freshUrl }),
    closeAll: () => Promise.all(opened.map((database) => database.close())),
  };
}
