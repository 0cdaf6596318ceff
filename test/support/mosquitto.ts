import { type ChildProcess, spawn } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectAsync } from 'mqtt';
import { describe, it } from 'vitest';

/** A private broker on a loopback port, which keeps sessions over its own restarts too. */
export interface PrivateMosquitto {
  readonly port: number;
  readonly url: string;
  /** Resolves when the broker has it (QoS 1). */
  publish(topic: string, payload: string | Buffer): Promise<void>;
  /** The first line of its log that passes, of those since `from` and those to come. */
  heard(passes: (line: string) => boolean, from?: number): Promise<string>;
  lines(): readonly string[];
  /** Gone, with its sessions kept; `restart` brings it back at the same address. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and removes everything. */
  stop(): Promise<void>;
}

interface MosquittoOptions {
  /** With these every client must present them. */
  readonly login?: { readonly user: string; readonly password: string };
}

const BINARY = findBinary('mosquitto');

/** A suite with a broker. Without the binary it is skipped, or fails if services are required. */
export function describeWithBroker(name: string, suite: () => void): void {
  describe(name, () => {
    if (BINARY !== null) return suite();
    const reason = 'mosquitto is not installed: nothing was tested with a broker';
    it('has a broker to run with', ({ skip }) => {
      if (process.env.CI_REQUIRE_SERVICES === '1') throw new Error(reason);
      console.warn(reason);
      skip(reason);
    });
  });
}

export async function startMosquitto({ login }: MosquittoOptions = {}): Promise<PrivateMosquitto> {
  const home = mkdtempSync(join(tmpdir(), 'wafleet-mosquitto-'));
  const port = await findFreePort();
  writeConfig(home, port, login);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const add = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const heard = (passes: (line: string) => boolean, from = 0) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const found = lines.slice(from).find(passes);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  let broker = await launch(home, add);
  const kill = async () => {
    if (broker.exitCode !== null || broker.signalCode !== null) return;
    const gone = once(broker, 'exit');
    broker.stdin?.end();
    await gone;
  };
  const secret = login ? `${login.user}:${login.password}@` : '';
  const url = `mqtt://${secret}127.0.0.1:${port}`;
  return {
    port,
    url,
    async publish(topic, payload) {
      const client = await connectAsync(url);
      await client.publishAsync(topic, payload, { qos: 1 });
      await client.endAsync();
    },
    heard,
    lines: () => lines,
    kill,
    async restart() {
      await kill();
      broker = await launch(home, add);
    },
    async stop() {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function writeConfig(home: string, port: number, login: MosquittoOptions['login']): void {
  const passwords = join(home, 'passwords');
  const users = login ? `allow_anonymous false\npassword_file ${passwords}` : 'allow_anonymous true';
  writeFileSync(
    join(home, 'mosquitto.conf'),
    `listener ${port} 127.0.0.1\npersistence true\npersistence_location ${home}/\nlog_type all\nlog_dest stderr
user root\n${users}\n`,
  );
  if (login) writeFileSync(passwords, passwordLine(login), { mode: 0o600 });
}

/** As mosquitto_passwd writes it: PBKDF2 with SHA-512. */
function passwordLine({ user, password }: NonNullable<MosquittoOptions['login']>): string {
  const salt = Buffer.from('twelve bytes');
  const rounds = 101;
  const hash = pbkdf2Sync(password, salt, rounds, 64, 'sha512').toString('base64');
  return `${user}:$7$${rounds}$${salt.toString('base64')}$${hash}\n`;
}

/** The shell waits for the end of its input, which also comes when we are killed; then it ends the broker in order. */
const SCRIPT = '"$@" & server=$!; cat > /dev/null; kill $server; wait $server';

async function launch(home: string, add: (line: string) => void): Promise<ChildProcess> {
  if (BINARY === null) throw new Error('mosquitto is not installed');
  const command = [BINARY, '-c', join(home, 'mosquitto.conf')];
  const broker = spawn('sh', ['-c', SCRIPT, 'sh', ...command], { stdio: ['pipe', 'ignore', 'pipe'] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: broker.stderr }).on('line', (line) => {
    add(line);
    if (/mosquitto version .* running/.test(line)) resolve();
  });
  broker.once('exit', (code) => reject(new Error(`mosquitto ended with ${code}`)));
  await promise;
  return broker;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function findBinary(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
