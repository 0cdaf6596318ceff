import { execFile, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { systemRandom } from '../../src/shared/random.ts';

/** A private MariaDB on a loopback port, with its own data in the temporary folder. */
export interface MariaDb {
  readonly port: number;
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Gone without a word (`kill -9`); its data stays, and `restart` brings it back at the same address. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface MariaDbOptions {
  /**
   * 1: a commit is on the disk when it is told; 2, the default: it outlives this process but no power failure; 0: it is
   * lost when the process is killed within the next second.
   */
  readonly flushAtCommit?: 0 | 1 | 2;
  /** What it keeps of the data in memory; 32 when left out. A million messages want more. */
  readonly bufferPoolMb?: number;
  /** False leaves it to the operating system when files reach the disk: a kill of the server loses no more for it. */
  readonly syncs?: boolean;
}

/** Data folders as `mariadb-install-db` makes them; they are copied, as making one takes longer than most tests. */
const INSTALLED = join(import.meta.dirname, '../../node_modules/.cache/wafleet-mariadb');

/** Whether this machine can run one. */
export const hasMariaDb = findBinary('mariadbd') !== null && findBinary('mariadb-install-db') !== null;

/** Takes a few tenths of a second. The server dies with this process, however that ends. */
export async function startMariaDb({
  flushAtCommit = 2,
  bufferPoolMb = 32,
  syncs = true,
}: MariaDbOptions = {}): Promise<MariaDb> {
  const home = await mkdtemp(join(tmpdir(), 'wafleet-mariadb-'));
  const data = join(home, 'data');
  await cp(await installedData(), data, { recursive: true });

  const port = await findFreePort();
  const server = superviseServer(home, [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${home}`,
    `--socket=${join(home, 's')}`,
    `--pid-file=${join(home, 'pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--skip-log-bin',
    `--innodb-buffer-pool-size=${bufferPoolMb}M`,
    `--innodb-log-file-size=${Math.max(16, bufferPoolMb / 2)}M`,
    `--innodb-flush-log-at-trx-commit=${flushAtCommit}`,
    '--max-connections=300',
    ...(syncs ? [] : ['--innodb-flush-method=nosync', '--skip-innodb-doublewrite']),
    ...asRoot(),
  ]);
  await server.start();

  return {
    port,
    createDatabase: () => createDatabaseAt(port),
    kill: server.kill,
    restart: server.start,
    stop: server.end,
  };
}

/** The folder to copy, made when this version of the program has none yet; processes that make it at once do no harm. */
async function installedData(): Promise<string> {
  const { size, mtimeMs } = statSync(binary('mariadbd'));
  const installed = join(INSTALLED, `${size}-${Math.round(mtimeMs)}`);
  if (existsSync(installed)) return installed;
  await mkdir(INSTALLED, { recursive: true });
  const made = await mkdtemp(join(INSTALLED, 'new-'));
  await promisify(execFile)(binary('mariadb-install-db'), [
    '--no-defaults',
    `--datadir=${made}`,
    '--innodb-log-file-size=16M',
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    '--force',
    ...asRoot(),
  ]);
  // Another process may have been faster: its folder is as good.
  await rename(made, installed).catch(() => rm(made, { recursive: true, force: true }));
  return installed;
}

const asRoot = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** A new, empty database of the server on a port of the loopback; its URL. */
export async function createDatabaseAt(port: number): Promise<string> {
  const name = `test_${systemRandom.bytes(8).toString('hex')}`;
  const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
  await connection.query(`create database ${name}`);
  await connection.end();
  return `mysql://root@127.0.0.1:${port}/${name}`;
}

/**
 * The shell starts and kills the server as its input says. The end of the input, which also comes when we are killed, ends
 * the server and clears everything away.
 */
const SUPERVISOR = `home=$1; shift
while read -r word; do
  case $word in
    start) "$@" & server=$! ;;
    kill) kill -9 $server; wait $server; echo killed >&2 ;;
  esac
done
kill -9 $server; wait; rm -rf "$home"`;

function superviseServer(home: string, options: readonly string[]) {
  const shell = spawn('sh', ['-c', SUPERVISOR, 'sh', home, binary('mariadbd'), ...options], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: shell.stderr });
  const say = async (word: string, awaited: RegExp) => {
    const said = waitForLine(lines, awaited);
    shell.stdin.write(`${word}\n`);
    await said;
  };
  return {
    start: () => say('start', /ready for connections/),
    kill: () => say('kill', /^killed$/),
    end: () =>
      new Promise<void>((resolve) => {
        shell.once('exit', () => resolve());
        shell.stdin.end();
      }),
  };
}

function waitForLine(lines: Interface, awaited: RegExp): Promise<void> {
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    const leave = () => lines.off('line', onLine).off('close', onClose);
    const onClose = () => reject(new Error(`MariaDB ended:\n${seen.join('\n')}`));
    const onLine = (line: string) => {
      seen.push(line);
      if (line.includes('Aborting')) onClose();
      if (!awaited.test(line)) return;
      leave();
      resolve();
    };
    lines.on('line', onLine).on('close', onClose);
  });
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
