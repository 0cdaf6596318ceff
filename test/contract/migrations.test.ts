import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { checkMigrated, MigrationError, migrate } from '../../src/database/migrate.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { describeOnEachDatabase, describeOnSqlite } from '../support/databases.ts';
import { openPrismaEngine } from '../support/schema-engine.ts';

const shipped = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const log = silentLogger;
const created: string[] = [];

/** A copy of the shipped migrations with more of its own, so that a test may edit it. */
async function folderWith(extra: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wafleet-migrations-'));
  created.push(folder);
  await cp(shipped, folder, { recursive: true });
  for (const dialect of ['sqlite', 'mysql']) {
    for (const [name, sql] of Object.entries(extra)) {
      await mkdir(join(folder, dialect, name), { recursive: true });
      await writeFile(join(folder, dialect, name, 'migration.sql'), sql);
    }
  }
  return folder;
}

afterAll(() => Promise.all(created.map((folder) => rm(folder, { recursive: true, force: true }))));

const ledgerOf = (database: Database) =>
  database.query<{ migration_name: string; finished_at: Date | null; started_at: Date }>({
    text: 'select migration_name, finished_at, started_at from _prisma_migrations order by migration_name',
    params: [],
  });

/** The statements that would make every table and index, by name. */
async function schemaOf(database: Database): Promise<unknown[]> {
  if (database.dialect === 'sqlite') {
    return database.query({ text: 'select name, sql from sqlite_master order by name', params: [] });
  }
  const shown = (await tablesOf(database)).map((name) =>
    database.query({ text: `show create table ${name}`, params: [] }),
  );
  return Promise.all(shown);
}

/** The rows of every table; of the ledger, which ran. */
async function rowsOf(database: Database): Promise<unknown[]> {
  const ledger = (await ledgerOf(database)).map(({ migration_name }) => migration_name);
  const tables = (await tablesOf(database)).filter((name) => name !== '_prisma_migrations');
  const rows = tables.map(async (name) => ({
    name,
    rows: await database.query({ text: `select * from ${name}`, params: [] }),
  }));
  return [ledger, ...(await Promise.all(rows))];
}

async function tablesOf(database: Database): Promise<string[]> {
  const text =
    database.dialect === 'sqlite'
      ? `select name from sqlite_master where type = 'table' order by name`
      : 'select table_name as name from information_schema.tables where table_schema = database() order by 1';
  const rows = await database.query<{ name: string }>({ text, params: [] });
  return rows.map(({ name }) => name);
}

describeOnEachDatabase('migrating', (open) => {
  const names = async () =>
    (await readdir(`${shipped}/${open.dialect}`)).filter((name) => /^\d/.test(name)).sort();

  it('applies what is missing, once, and keeps the ledger', async () => {
    const database = await open(await open.freshUrl());
    expect(await migrate(database, { log })).toEqual({ applied: await names() });
    expect(await migrate(database, { log })).toEqual({ applied: [] });
    const ledger = await ledgerOf(database);
    expect(ledger.map((row) => row.migration_name)).toEqual(await names());
    expect(ledger.every((row) => row.finished_at instanceof Date && row.started_at instanceof Date)).toBe(
      true,
    );
    const folder = await folderWith({ '29990101000000_next': 'create table later (n integer);' });
    expect(await migrate(database, { log, folder })).toEqual({ applied: ['29990101000000_next'] });
  });

  it('makes what the copies of the other suites are', async () => {
    const migrated = await open(await open.freshUrl());
    await migrate(migrated, { log });
    await open();
    const copy = await open();
    expect(await schemaOf(copy)).toEqual(await schemaOf(migrated));
    expect(await rowsOf(copy)).toEqual(await rowsOf(migrated));
  });

  it('is missed by whoever asks before it ran', async () => {
    const database = await open();
    await checkMigrated(database);
    const folder = await folderWith({ '29990101000000_next': 'create table later (n integer);' });
    await expect(checkMigrated(database, folder)).rejects.toThrow('29990101000000_next');
    await migrate(database, { log, folder });
    await checkMigrated(database, folder);
  });

  it('is done by one of several processes that boot at once', async () => {
    const url = await open.freshUrl();
    const databases = await Promise.all([open(url), open(url), open(url), open(url)]);
    const results = await Promise.all(databases.map((database) => migrate(database, { log })));
    expect(results.flatMap(({ applied }) => applied)).toEqual(await names());
  });

  it('refuses a migration that was edited after it ran', async () => {
    const database = await open();
    const folder = await folderWith({});
    const [first = ''] = await names();
    const file = join(folder, open.dialect, first, 'migration.sql');
    await writeFile(file, `${await readFile(file, 'utf8')}\n-- a harmless remark`);
    const refusal = await migrate(database, { log, folder }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MigrationError);
    expect(String(refusal)).toContain(`${first} was changed after it ran`);
  });

  it('goes on beside a newer release, saying so', async () => {
    const database = await open();
    const newer = await folderWith({ '29990101000000_newer': 'create table newer (n integer)' });
    await migrate(database, { log, folder: newer });
    const warned: object[] = [];
    const listening: Logger = { ...silentLogger, warn: (data) => void warned.push(data) };
    expect(await migrate(database, { log: listening })).toEqual({ applied: [] });
    expect(warned).toEqual([{ migration: '29990101000000_newer' }]);
  });

  it('leaves a broken migration so that the next start says what to do, or starts clean', async () => {
    const database = await open();
    const folder = await folderWith({
      '29990101000000_broken': 'create table half (n integer); create table half (n integer);',
    });
    await expect(migrate(database, { log, folder })).rejects.toThrow(/half/);
    const second = await migrate(database, { log, folder }).catch((error: unknown) => error);
    if (open.dialect === 'mysql') {
      // MySQL commits each statement by itself: half of it is there, and a person must look.
      expect(second).toBeInstanceOf(MigrationError);
      expect(String(second)).toContain('began and did not finish');
      await database.run({
        text: 'update _prisma_migrations set rolled_back_at = ? where finished_at is null',
        params: [new Date()],
      });
      await database.run({ text: 'drop table half', params: [] });
    } else {
      expect(second).not.toBeInstanceOf(MigrationError);
      expect((await ledgerOf(database)).map((row) => row.migration_name)).toEqual(await names());
    }
    const mended = await folderWith({ '29990101000000_broken': 'create table half (n integer)' });
    expect(await migrate(database, { log, folder: mended })).toEqual({ applied: ['29990101000000_broken'] });
  });
});

describeOnSqlite('our ledger', (open) => {
  it('satisfies Prisma’s own engine', async () => {
    const url = await open.freshUrl();
    await migrate(await open(url), { log });
    const schema = await readFile(new URL('../../src/generated/sqlite.prisma', import.meta.url), 'utf8');
    const engine = await openPrismaEngine(url, schema);
    const names = (await readdir(`${shipped}/sqlite`)).filter((name) => /^\d/.test(name)).sort();
    expect(await engine.diagnose(`${shipped}/sqlite`, names)).toMatchObject({
      hasMigrationsTable: true,
      editedMigrationNames: [],
      failedMigrationNames: [],
      history: null,
    });
  });
});
