import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/shared/clock.ts';
import { type Answer, type Api, createApi } from './api.ts';
import { connectClient, expectOk } from './client.ts';
import { type MariaDb, startMariaDb } from './mariadb.ts';
import { type PrivateRedis, startRedis } from './redis.ts';
import { ADMIN_KEY } from './server.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { startTestSimulator, type TestSimulator } from './simulator.ts';
import { startTcpProxy, type TcpProxy, through } from './tcp-proxy.ts';

/** What the processes store in, and wake each other with. */
export type Storage = 'SQLite' | 'MariaDB and Redis';

/** One process of the server: dies and comes back, on the same data. */
export interface Host {
  readonly api: Api;
  /** Its URL changes with each start. */
  readonly process: ServerProcess;
  /** Sends the signal, waits for the end, and resolves with the exit code; null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Freezes or thaws it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it again; resolves when it is ready. */
  start(): Promise<void>;
}

export interface ChaosDevice {
  readonly deviceId: string;
  readonly phoneNumber: string;
}

/** Real processes, a simulator that keeps the history, and everything between them that can break. */
export interface Chaos {
  readonly storage: Storage;
  readonly simulator: TestSimulator;
  /** Between the server and the simulator. */
  readonly wire: TcpProxy;
  /** Between the server and MariaDB; null on SQLite. */
  readonly databaseWire: TcpProxy | null;
  readonly mariadb: MariaDb | null;
  readonly redis: PrivateRedis | null;
  readonly hosts: readonly Host[];
  /** The first host. */
  readonly host: Host;
  readonly devices: readonly ChaosDevice[];
  /** Phone numbers of those who are written to. */
  readonly recipients: readonly string[];
  close(): Promise<void>;
}

export interface ChaosOptions {
  readonly storage: Storage;
  readonly devices: number;
  readonly recipients: number;
  /** A process for each role; the first has to have the API and devices. */
  readonly roles?: readonly (string | { readonly role: string; readonly environment: Environment })[];
  readonly seed?: number;
  readonly environment?: Environment;
  /** As of `startMariaDb`; 1 when left out. */
  readonly flushAtCommit?: 0 | 1;
}

type Environment = Readonly<Record<string, string>>;

/** Nothing but the outbox decides how fast a device sends. */
export const UNPACED = { hourlyCap: null, dailyCap: null, ramp: null, breaker: null };

const FIRST_DEVICE = 6_281_200_000_001;
const FIRST_RECIPIENT = 6_281_300_000_001;

/** Starts everything and pairs the devices. The caller closes it. */
export async function startChaos(options: ChaosOptions): Promise<Chaos> {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-chaos-'));
  const simulator = await startTestSimulator({ seed: String(options.seed ?? 0) });
  const wire = await startTcpProxy(simulator.port);
  const backend = await startBackend(options);
  const place = { url: through(wire, simulator.url), rootKeyHex: simulator.rootKeyHex };
  const common = { ...SERVER_ENVIRONMENT, ...backend.environment, ...options.environment };
  const hosts: Host[] = [];
  for (const [index, each] of (options.roles ?? ['all']).entries()) {
    const dataDir = join(folder, `host-${index}`);
    const own = typeof each === 'string' ? { ROLE: each } : { ROLE: each.role, ...each.environment };
    hosts.push(await startHost({ simulator: place, environment: { ...common, ...own }, dataDir }));
  }
  const [host] = hosts;
  if (!host) throw new Error('no process was asked for');
  const devices = numbersFrom(FIRST_DEVICE, options.devices).map((phoneNumber, index) => ({
    deviceId: `device-${index}`,
    phoneNumber,
  }));
  const recipients = numbersFrom(FIRST_RECIPIENT, options.recipients);
  for (const phoneNumber of recipients) simulator.phone(phoneNumber);
  await pairAll(host, { simulator, devices });
  return {
    ...backend,
    storage: options.storage,
    simulator,
    wire,
    hosts,
    host,
    devices,
    recipients,
    async close() {
      wire.flow();
      await Promise.all(hosts.map((each) => each.process.kill('SIGKILL')));
      await Promise.all([wire.close(), backend.close()]);
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves after so many ms. Faults last, and processes that run by themselves are asked again, by the clock. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    // The clock's timers do not keep a process alive, and nothing else may be open meanwhile.
    const alive = setInterval(() => {}, 1_000_000);
    systemClock.after(ms, () => {
      clearInterval(alive);
      resolve();
    });
  });
}

/** Asks until the answer passes, also while nobody answers; throws with the last answer after `withinMs`. */
export async function untilAnswer<Data>(
  ask: () => Promise<Answer<Data>>,
  passes: (answer: Answer<Data>) => boolean,
  { withinMs = 60_000, everyMs = 100 } = {},
): Promise<Answer<Data>> {
  const deadline = systemClock.monotonic() + withinMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => String(error));
    if (typeof answer !== 'string' && passes(answer)) return answer;
    if (systemClock.monotonic() > deadline) {
      throw new Error(
        `no such answer within ${withinMs} ms: ${typeof answer === 'string' ? answer : answer.text}`,
      );
    }
    await pause(everyMs);
  }
}

/** Resolves when every device shows as connected at this host. */
export async function allConnected({ api }: Host, count: number, withinMs = 90_000): Promise<void> {
  const ask = () => api.get<{ total: number }>('devices/connected');
  await untilAnswer(ask, ({ status, data }) => status === 200 && data.total === count, { withinMs });
}

/** The devices that have a connection to WhatsApp, as WhatsApp sees it. */
export function connectedTo({ history }: TestSimulator): string[] {
  const closed = new Set(history.of('connection-closed').map(({ connection }) => connection));
  return history.of('login').flatMap(({ connection, device }) => (closed.has(connection) ? [] : [device]));
}

const SERVER_ENVIRONMENT = {
  RATE_LIMIT_PER_MINUTE: '0',
  WA_CONNECTS_PER_SECOND: '1000',
  WA_CONNECT_BURST: '1000',
  BODY_LIMIT_BYTES: '16777216',
};

async function startHost(options: {
  simulator: { url: string; rootKeyHex: string };
  environment: Environment;
  dataDir: string;
}): Promise<Host> {
  mkdirSync(options.dataDir, { recursive: true });
  const launch = async () => {
    const server = startServerProcess(options);
    return { server, api: createApi(await server.waitReady(), ADMIN_KEY) };
  };
  let current = await launch();
  return {
    get api() {
      return current.api;
    },
    get process() {
      return current.server;
    },
    end: (signal) => current.server.kill(signal),
    signal: (signal) => void current.server.child.kill(signal),
    async start() {
      current = await launch();
    },
  };
}

async function startBackend({ storage, flushAtCommit = 1 }: ChaosOptions) {
  if (storage === 'SQLite') {
    return { environment: {}, mariadb: null, redis: null, databaseWire: null, close: async () => {} };
  }
  const [mariadb, redis] = await Promise.all([startMariaDb({ flushAtCommit }), startRedis()]);
  const url = await mariadb.createDatabase();
  const databaseWire = await startTcpProxy(Number(new URL(url).port));
  return {
    environment: {
      DATABASE_URL: through(databaseWire, url),
      REDIS_URL: redis.url,
      MASTER_KEY: '5a'.repeat(32),
    },
    mariadb,
    redis,
    databaseWire,
    async close() {
      await databaseWire.close();
      await Promise.all([mariadb.stop(), redis.stop()]);
    },
  };
}

async function pairAll(
  { api }: Host,
  { simulator, devices }: { simulator: TestSimulator; devices: readonly ChaosDevice[] },
): Promise<void> {
  const client = await connectClient({ url: api.url, key: ADMIN_KEY });
  for (const { deviceId, phoneNumber } of devices) {
    expectOk(await api.post('devices', { deviceId, settings: { pacing: UNPACED } }));
    await client.pairByQr(deviceId, simulator.phone(phoneNumber, deviceId));
  }
  client.close();
}

function numbersFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}
