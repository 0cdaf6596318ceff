import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PROBE = new URL('./probe.ts', import.meta.url).href;

/** The administrator's key of every server of a bench. */
export const KEY = 'bench-administrator-key-0123456789abcdef';

export interface OurServer {
  readonly child: ChildProcess;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Resolves when the process has printed its first line. */
  readonly firstLine: Promise<void>;
  /** Resolves when, by the API's own count, so many devices are connected; rejects when the process ends first. */
  connected(devices: number): Promise<void>;
}

export interface OurServerOptions {
  /** Seeded by seed.ts. */
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the server as `npm start` runs it, with a probe. */
export async function startOurServer({ dataDir, environment }: OurServerOptions): Promise<OurServer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  mkdirSync(`${dataDir}/sessions`, { recursive: true });
  const child = spawn(process.execPath, ['--expose-gc', '--import', PROBE, MAIN], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      DASHBOARD_PORT: String(port),
      ADMIN_API_KEY: KEY,
      RATE_LIMIT_PER_MINUTE: '0',
      ...environment,
    },
  });
  if (!child.stdout) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  const firstLine = new Promise<void>((resolve) => lines.once('line', () => resolve()));
  lines.resume();
  return {
    child,
    origin,
    firstLine,
    async connected(devices) {
      while ((await countConnected(origin)) < devices) {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      }
    },
  };
}

/** Where the server finds the simulator; without the pace of connects unless `paced`. */
export function simulatorEnvironment(simulator: { url: string; rootKeyHex: string }, paced = false) {
  return {
    WA_SANDBOX: 'true',
    WA_ENDPOINT: simulator.url,
    WA_ROOT_KEY: simulator.rootKeyHex,
    ...(!paced && { WA_CONNECT_BURST: '10000', WA_CONNECTS_PER_SECOND: '10000' }),
  };
}

/** -1 while the server does not answer. */
async function countConnected(origin: string): Promise<number> {
  try {
    const headers = { authorization: `Bearer ${KEY}` };
    const answer = await fetch(`${origin}/api/whatsapp-multi-device/devices/connected`, { headers });
    if (!answer.ok) return -1;
    const { data } = (await answer.json()) as { data: { total: number } };
    return data.total;
  } catch {
    return -1; // not listening yet
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
