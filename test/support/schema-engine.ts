import { readFile } from 'node:fs/promises';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

/** Full-text indexes are beyond Prisma's models, and so is what belongs to them. */
const SEARCH = ['', '_config', '_data', '_docsize', '_idx', '_key'].map((part) => `history_search${part}`);
const FILTERS = { externalTables: SEARCH, externalEnums: [] };

/** Prisma's own schema engine, compiled to WebAssembly, on an SQLite file; it knows no other database here. */
export interface PrismaEngine {
  /** SQL that would bring the database to the model; empty when they agree. */
  sqlFromDatabaseTo(schema: string): Promise<string>;
  /** What `prisma migrate` would think of the migrations in `folder`. */
  diagnose(folder: string, names: readonly string[]): ReturnType<SchemaEngine['diagnoseMigrationHistory']>;
}

export async function openPrismaEngine(url: string, schema: string): Promise<PrismaEngine> {
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaBetterSqlite3({ url }));
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter);

  return {
    async sqlFromDatabaseTo(model) {
      const files = [{ path: 'schema.prisma', content: model }];
      const { stdout, exitCode } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: '' },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters: FILTERS,
      });
      return exitCode === 0 ? '' : (stdout ?? 'differs');
    },
    async diagnose(folder, names) {
      const migrationDirectories = await Promise.all(
        names.map(async (name) => {
          const value = await readFile(`${folder}/${name}/migration.sql`, 'utf8');
          return {
            path: name,
            migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } },
          };
        }),
      );
      const content = await readFile(`${folder}/migration_lock.toml`, 'utf8');
      return engine.diagnoseMigrationHistory({
        migrationsList: {
          baseDir: folder,
          lockfile: { path: 'migration_lock.toml', content },
          shadowDbInitScript: '',
          migrationDirectories,
        },
        optInToShadowDatabase: false,
        filters: FILTERS,
      });
    },
  };
}
