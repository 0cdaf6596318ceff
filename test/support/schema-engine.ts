import { readFile } from 'node:fs/promises';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

const NO_FILTERS = { externalTables: [], externalEnums: [] };

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
        filters: NO_FILTERS,
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
        filters: NO_FILTERS,
      });
    },
  };
}
