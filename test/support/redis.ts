import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'vitest';

/** A private Redis on a loopback port, which keeps nothing when it ends. */
export interface PrivateRedis {
  readonly url: string;
  /** Sends one command, words separated by spaces; gives back the raw answer. */
  command(words: string): Promise<string>;
  flushAll(): Promise<void>;
  /** Freezes it: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Gone without a word, with all data; `restart` brings an empty one back at the same address. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly shell: ChildProcess;
  readonly pid: number;
}

/** Whether this machine can run one. */
export const hasRedis = findBinary('redis-server') !== null;

/** A suite on Redis. Without the binary it is skipped, or fails if services are required. */
export function describeOnRedis(name: string, suite: () => void): void {
  describe(name, () => {
    if (hasRedis) return suite();
    const reason = 'redis-server is not installed: nothing was tested on Redis';
    it('has a Redis to run on', ({ skip }) => {
      if (process.env.CI_REQUIRE_SERVICES === '1') throw new Error(reason);
      console.warn(reason);
      skip(reason);
    });
  });
}

/** Takes a few hundredths of a second. The server dies with this process, however that ends. */
export async function startRedis(): Promise<PrivateRedis> {
  const port = await findFreePort();
  let running: Running | null = await launch(port);
  const signal = (name: NodeJS.Signals) => {
    if (running !== null) process.kill(running.pid, name);
  };
  const end = async () => {
    const ended = running;
    running = null;
    if (ended === null || ended.shell.exitCode !== null) return;
    await new Promise((resolve) => {
      ended.shell.once('exit', resolve);
      ended.shell.stdin?.end();
    });
  };

  return {
    url: `redis://127.0.0.1:${port}`,
    command: (words) => ask(port, words),
    async flushAll() {
      await ask(port, 'FLUSHALL');
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill: end,
    async restart() {
      await end();
      running = await launch(port);
    },
    stop: end,
  };
}

/** The shell waits for the end of its input, which also comes when we are killed; then it clears everything away. */
async function launch(port: number): Promise<Running> {
  const home = await mkdtemp(join(tmpdir(), 'wafleet-redis-'));
  const script =
    'home=$1; shift; "$@" & server=$!; echo "pid $server"; cat > /dev/null; kill -9 $server; wait; rm -rf "$home"';
  const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', home];
  const server = [binary('redis-server'), '--port', String(port), ...options];
  const shell = spawn('sh', ['-c', script, 'sh', home, ...server], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: shell.stdout })) {
    lines.push(line);
    if (!line.includes('Ready to accept connections')) continue;
    shell.stdout.resume();
    const pid = Number(lines.find((said) => said.startsWith('pid '))?.slice(4));
    return { shell, pid };
  }
  throw new Error(`Redis did not start:\n${lines.join('\n')}`);
}

function ask(port: number, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(`${words}\r\n`));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
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
