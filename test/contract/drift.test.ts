import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeOnMariaDb, describeOnSqlite } from '../support/databases.ts';
import { parsePrismaModel } from '../support/prisma-model.ts';
import { openPrismaEngine } from '../support/schema-engine.ts';

const modelFile = new URL('../../prisma/schema.prisma', import.meta.url);
const twinFile = new URL('../../src/generated/sqlite.prisma', import.meta.url);
const ledger = '_prisma_migrations';
/** Derived by MySQL for its full-text index, which compares words and not bytes; the model knows neither. */
const search = {
  column: 'history_message.search_text mediumtext null',
  index: 'history_message.history_message_search_idx (search_text)',
  collation: 'utf8mb4_unicode_ci',
};

describeOnSqlite('the migrated database', (open) => {
  it('is what the model says', async () => {
    const [twin, url] = [await readFile(twinFile, 'utf8'), await open.freshUrl()];
    await migrate(await open(url), { log: silentLogger });
    const engine = await openPrismaEngine(url, twin);
    expect(await engine.sqlFromDatabaseTo(twin)).toBe('');
  });

  it('would be caught if it were not', async () => {
    const [twin, url] = [await readFile(twinFile, 'utf8'), await open.freshUrl()];
    const database = await open(url);
    await migrate(database, { log: silentLogger });
    await database.run({ text: 'alter table device add column forgotten text', params: [] });
    const engine = await openPrismaEngine(url, twin);
    expect(await engine.sqlFromDatabaseTo(twin)).toContain('new_device');
  });
});

describeOnMariaDb('the migrated database', (open) => {
  it('has the columns of the model, and compares text byte for byte', async () => {
    const model = parsePrismaModel(await readFile(modelFile, 'utf8'));
    const { columns, collations } = await describeColumns(await open());
    const wanted = model.flatMap((table) =>
      table.columns.map(
        ({ name, type, nullable }) => `${table.name}.${name} ${type}${nullable ? ' null' : ''}`,
      ),
    );
    expect(model.length).toBeGreaterThan(10);
    expect(columns.sort()).toEqual([...wanted, search.column].sort());
    expect(collations.sort()).toEqual(['utf8mb4_bin', search.collation]);
  });

  it('has the indexes of the model', async () => {
    const model = parsePrismaModel(await readFile(modelFile, 'utf8'));
    const wanted = model.flatMap(({ name, indexes }) =>
      [...indexes].map(([index, { columns, unique }]) => indexLine(name, index, { columns, unique })),
    );
    expect((await describeIndexes(await open())).sort()).toEqual([...wanted, search.index].sort());
  });

  it('reads a history page through its index, whatever the cursor', async () => {
    const database = await open();
    const { forceIndex } = (await import('../../src/database/dialect.ts')).dialectOf('mysql');
    const from = forceIndex('received_message', 'received_message_device_id_id_idx');
    const plan = await database.query<{ type: string; key: string }>({
      text: `explain select * from ${from} where device_id = ? and id < ? order by id desc limit 50`,
      params: ['d', '01'],
    });
    expect(plan[0]).toMatchObject({ type: 'range', key: 'received_message_device_id_id_idx' });
  });
});

async function describeColumns(database: Database) {
  const rows = await database.query<{
    table_name: string;
    column_name: string;
    column_type: string;
    is_nullable: string;
    collation_name: string | null;
  }>({
    text: `select table_name as table_name, column_name as column_name, column_type as column_type,
        is_nullable as is_nullable, collation_name as collation_name
      from information_schema.columns where table_schema = database() and table_name <> ?`,
    params: [ledger],
  });
  return {
    columns: rows.map(
      (row) =>
        `${row.table_name}.${row.column_name} ${row.column_type}${row.is_nullable === 'YES' ? ' null' : ''}`,
    ),
    collations: [...new Set(rows.flatMap((row) => row.collation_name ?? []))],
  };
}

async function describeIndexes(database: Database): Promise<string[]> {
  const rows = await database.query<{
    table_name: string;
    index_name: string;
    column_name: string;
    non_unique: number;
  }>({
    text: `select table_name as table_name, index_name as index_name, column_name as column_name, non_unique as non_unique
      from information_schema.statistics where table_schema = database() and table_name <> ?
      order by table_name, index_name, seq_in_index`,
    params: [ledger],
  });
  const byIndex = Map.groupBy(rows, (row) => `${row.table_name} ${row.index_name}`);
  return [...byIndex.values()].flatMap((parts) => {
    const [first] = parts;
    if (first === undefined) return [];
    const columns = parts.map(({ column_name }) => column_name);
    return [indexLine(first.table_name, first.index_name, { columns, unique: first.non_unique === 0 })];
  });
}

function indexLine(
  table: string,
  index: string,
  { columns, unique }: { columns: readonly string[]; unique: boolean },
) {
  return `${unique ? 'unique ' : ''}${table}.${index} (${columns.join(', ')})`;
}
