// Generates both Prisma clients into src/generated, once per schema and Prisma version. Plain JavaScript, because it
// runs before anything else, on whatever Node the machine has (20 or newer).
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, '..', 'src', 'generated');
const stampFile = join(generated, '.stamp');
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');

const model = readFileSync(join(here, 'schema.prisma'), 'utf8');
const schemas = {
  mysql: model.replace('../src/generated/mysql', './mysql'),
  sqlite: toSqlite(model).replace('../src/generated/mysql', './sqlite'),
};

const stamp = createHash('sha256')
  .update(JSON.stringify([schemas, readFileSync(prismaPackage, 'utf8')]))
  .digest('hex');
const isFresh =
  existsSync(stampFile) &&
  readFileSync(stampFile, 'utf8') === stamp &&
  Object.keys(schemas).every((name) => existsSync(join(generated, name, 'client.ts')));

if (!isFresh) await generate();

/** The SQLite twin of the model: another provider, and none of MySQL's column types. */
function toSqlite(schema) {
  return schema.replace('provider = "mysql"', 'provider = "sqlite"').replace(/ @db\.\w+(\([\d, ]*\))?/g, '');
}

/** Works aside and moves the result into place, so that a start beside us never meets half a client. */
async function generate() {
  const workshop = join(generated, `.generate-${process.pid}`);
  mkdirSync(workshop, { recursive: true });
  try {
    await Promise.all(
      Object.entries(schemas).map(([name, schema]) => {
        const file = join(workshop, `${name}.prisma`);
        writeFileSync(file, schema);
        return runPrisma(file);
      }),
    );
    for (const name of Object.keys(schemas)) {
      rmSync(join(generated, name), { recursive: true, force: true });
      renameSync(join(workshop, name), join(generated, name));
      renameSync(join(workshop, `${name}.prisma`), join(generated, `${name}.prisma`));
    }
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/**
 * The command looks for a schema engine, which only a download could bring, before it does anything. Generating needs
 * none: it takes any executable, so it gets this Node.
 */
async function runPrisma(schemaFile) {
  const cli = join(dirname(prismaPackage), 'build', 'index.js');
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  await promisify(execFile)(process.execPath, [cli, 'generate', '--schema', schemaFile, '--no-hints'], {
    env,
    cwd: here,
  });
}
