import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../shared/logger.ts';
import type { Database, ExclusiveSession } from './database.ts';

/** The database and the migrations of this program do not go together; a person must look. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface MigrateOptions {
  readonly log: Logger;
  /** The folder with one folder per database; the one beside the schema when left out. */
  readonly folder?: string;
}

interface Migration {
  readonly name: string;
  readonly script: string;
  readonly checksum: string;
}

interface LedgerRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

const FOLDER = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));

/**
 * Brings the database to the newest migration and keeps Prisma's own ledger, so that `prisma migrate deploy` may be used as
 * well. Processes that boot at once wait for the first. Throws MigrationError, having changed nothing, when a migration
 * was edited after it ran or stopped half-way.
 */
export async function migrate(
  database: Database,
  { log, folder = FOLDER }: MigrateOptions,
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(`${folder}/${database.dialect}`);
  return database.exclusively(async (session) => {
    await session.script(LEDGER[database.dialect]);
    const pending = await findPending(session, migrations, log);
    for (const migration of pending) {
      await apply(session, migration, database.now);
      log.info({ migration: migration.name }, 'database migrated');
    }
    return { applied: pending.map(({ name }) => name) };
  });
}

/** Rejects unless every migration of this program has run. */
export async function checkMigrated(database: Database, folder = FOLDER): Promise<void> {
  const rows = await database.query<Pick<LedgerRow, 'migration_name'>>({
    text: 'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
    params: [],
  });
  const done = new Set(rows.map(({ migration_name }) => migration_name));
  const names = await migrationNames(`${folder}/${database.dialect}`);
  const missing = names.filter((name) => !done.has(name));
  if (missing.length > 0) throw new MigrationError(`migrations have not run: ${missing.join(', ')}`);
}

/** Folders in the order of their names, which begin with a timestamp. */
async function migrationNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.sort();
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = await migrationNames(folder);
  return Promise.all(
    names.map(async (name) => {
      const script = await readFile(`${folder}/${name}/migration.sql`, 'utf8');
      return { name, script, checksum: sha256(script) };
    }),
  );
}

async function findPending(
  session: ExclusiveSession,
  migrations: readonly Migration[],
  log: Logger,
): Promise<Migration[]> {
  const rows = await session.query<LedgerRow>({
    text: 'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
    params: [],
  });
  const ledger = new Map(rows.map((row) => [row.migration_name, row]));

  for (const { name, checksum } of migrations) {
    const row = ledger.get(name);
    if (row && row.finished_at === null) throw new MigrationError(halfDone(name));
    if (row && row.checksum !== checksum) throw new MigrationError(edited(name));
    ledger.delete(name);
  }
  // A newer release may run beside this one: migrations only add, so the older program still works.
  for (const migration of ledger.keys())
    log.warn({ migration }, 'database has a migration unknown to this release');

  const done = new Set(rows.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !done.has(name));
}

/** The start is recorded first: MySQL commits each DDL statement by itself, so a crash leaves a trace to stop at. */
async function apply(
  session: ExclusiveSession,
  { name, script, checksum }: Migration,
  now: Database['now'],
): Promise<void> {
  const startedAt = await now();
  const id = sha256(`${name} ${startedAt.toISOString()}`).slice(0, 36);
  await session.run({
    text: 'insert into _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) values (?, ?, ?, ?, 0)',
    params: [id, checksum, name, startedAt],
  });
  await session.script(script);
  await session.run({
    text: 'update _prisma_migrations set finished_at = ?, applied_steps_count = 1 where id = ?',
    params: [await now(), id],
  });
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const halfDone = (name: string) =>
  `migration ${name} began and did not finish. Look at what it changed, complete or undo that by hand, ` +
  `then set finished_at (completed) or rolled_back_at (undone) of its row in _prisma_migrations.`;

const edited = (name: string) =>
  `migration ${name} was changed after it ran here. Put the original file back and write a new migration instead.`;

/** Prisma's own tables, so that its tools find what they expect. */
const LEDGER = {
  sqlite: `
    CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" TEXT PRIMARY KEY NOT NULL,
      "checksum" TEXT NOT NULL,
      "finished_at" DATETIME,
      "migration_name" TEXT NOT NULL,
      "logs" TEXT,
      "rolled_back_at" DATETIME,
      "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
      "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
    )`,
  mysql: `
    CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum VARCHAR(64) NOT NULL,
      finished_at DATETIME(3),
      migration_name VARCHAR(255) NOT NULL,
      logs TEXT,
      rolled_back_at DATETIME(3),
      started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
};
