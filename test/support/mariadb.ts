import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';

/** A private MariaDB on a loopback port, with its own data in the temporary folder. */
export interface MariaDb {
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Whether this machine can run one. */
export const hasMariaDb = findBinary('mariadbd') !== null && findBinary('mariadb-install-db') !== null;

/** Takes about half a second. The server dies with this process, however that ends. */
export async function startMariaDb(): Promise<MariaDb> {
  const home = await mkdtemp(join(tmpdir(), 'wafleet-mariadb-'));
  const data = join(home, 'data');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  await promisify(execFile)(binary('mariadb-install-db'), [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${home}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    '--force',
    ...asRoot,
  ]);

  const port = await findFreePort();
  const server = spawnServer(home, [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${home}`,
    `--socket=${join(home, 's')}`,
    `--pid-file=${join(home, 'pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--innodb-buffer-pool-size=32M',
    '--innodb-log-file-size=16M',
    '--innodb-flush-log-at-trx-commit=2',
    '--max-connections=300',
    ...asRoot,
  ]);
  await ready(server);

  let databases = 0;
  return {
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
      await connection.query(`create database ${name}`);
      await connection.end();
      return `mysql://root@127.0.0.1:${port}/${name}`;
    },
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve());
        server.stdin?.end();
      }),
  };
}

/** The shell waits for the end of its input, which also comes when we are killed; then it clears everything away. */
function spawnServer(home: string, options: readonly string[]): ChildProcess {
  const script = 'home=$1; shift; "$@" & server=$!; cat > /dev/null; kill -9 $server; wait; rm -rf "$home"';
  return spawn('sh', ['-c', script, 'sh', home, binary('mariadbd'), ...options], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

async function ready(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error('the server has no error stream');
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    lines.push(line);
    if (line.includes('ready for connections')) {
      server.stderr.resume();
      return;
    }
    if (line.includes('Aborting')) break;
  }
  throw new Error(`MariaDB did not start:\n${lines.join('\n')}`);
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function binary(name: string): string {
  const path = findBinary(name);
  if (path === null) throw new Error(`${name} is not installed`);
  return path;
}

function findBinary(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
