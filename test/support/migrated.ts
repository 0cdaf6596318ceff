import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';

const log = silentLogger;

/** What the migrations make, once for all databases of this process; running them takes longer than most tests. */
let migratedFile: Promise<Buffer> | undefined;
let migratedScript: Promise<string> | undefined;

/** Makes a migrated database of an empty one, by copying what the migrations made of another; opens it. */
export async function openMigrated(url: string): Promise<Database> {
  if (url.startsWith('file:')) {
    migratedFile ??= migrateFile();
    await writeFile(url.slice('file:'.length), await migratedFile, { mode: 0o600 });
    return openDatabase({ url, log, clock: systemClock });
  }
  const database = await openDatabase({ url, log, clock: systemClock });
  if (migratedScript === undefined) {
    migratedScript = migrateAndDump(database);
    await migratedScript;
    return database;
  }
  const script = await migratedScript;
  await database.exclusively((session) => session.script(script));
  return database;
}

async function migrateFile(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'wafleet-migrated-'));
  const path = join(folder, 'migrated.db');
  const database = await openDatabase({ url: `file:${path}`, log, clock: systemClock });
  await migrate(database, { log });
  // What is still in the write-ahead log comes into the file when its last connection closes.
  await database.close();
  const file = await readFile(path);
  await rm(folder, { recursive: true, force: true });
  return file;
}

/** Everything the migrations made, as one script: tables, and the few rows they begin with. */
async function migrateAndDump(database: Database): Promise<string> {
  await migrate(database, { log });
  // Whether an index of words leaves some out is the session's to say, as the migration says it.
  const script = ['set foreign_key_checks = 0', 'set session innodb_ft_enable_stopword = off'];
  for (const [table, columns] of await columnsOf(database)) {
    const [shown] = await database.query<{ 'Create Table': string }>({
      text: `show create table \`${table}\``,
      params: [],
    });
    if (shown) script.push(shown['Create Table']);
    const values = columns.map((column) => `quote(\`${column}\`)`).join(', ');
    const rows = await database.query<{ line: string }>({
      text: `select concat_ws(', ', ${values}) as line from \`${table}\``,
      params: [],
    });
    const into = `insert into \`${table}\` (${columns.map((column) => `\`${column}\``).join(', ')})`;
    for (const { line } of rows) script.push(`${into} values (${line})`);
  }
  return [...script, 'set foreign_key_checks = 1'].join(';\n');
}

/** Tables and their columns, without those that the database computes. */
async function columnsOf(database: Database): Promise<Map<string, string[]>> {
  const rows = await database.query<{ table: string; column: string }>({
    text: `select table_name as \`table\`, column_name as \`column\` from information_schema.columns
      where table_schema = database() and is_generated = 'NEVER'`,
    params: [],
  });
  const tables = new Map<string, string[]>();
  for (const { table, column } of rows) tables.set(table, [...(tables.get(table) ?? []), column]);
  return tables;
}
