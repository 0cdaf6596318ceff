import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { end, sampleOf } from '../support/messages.ts';
import type { Contender } from './contender.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PROBE = new URL('../support/probe.ts', import.meta.url).href;
const KEY = 'bench-administrator-key-0123456789abcdef';

interface Options {
  /** Seeded by seed.ts. */
  readonly dataDir: string;
  readonly url: string;
  readonly rootKeyHex: string;
  readonly devices: number;
  /** With the default pace of connects instead of none. */
  readonly paced: boolean;
}

/** The server as `npm start` runs it, against the simulator. */
export function ourServer({ dataDir, url, rootKeyHex, devices, paced }: Options): Contender {
  return {
    name: 'wafleet',
    async start() {
      const port = await freePort();
      const api = `http://127.0.0.1:${port}`;
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
          WA_SANDBOX: 'true',
          WA_ENDPOINT: url,
          WA_ROOT_KEY: rootKeyHex,
          ...(!paced && { WA_CONNECT_BURST: '10000', WA_CONNECTS_PER_SECOND: '10000' }),
        },
      });
      if (!child.stdout) throw new Error('the server has no output');
      const lines = createInterface({ input: child.stdout });
      const firstLine = new Promise<void>((resolve) => lines.once('line', () => resolve()));
      lines.resume();
      const connected = () => countConnected(api);
      return {
        firstLine,
        async open() {
          while ((await connected()) < devices) {
            if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
          }
        },
        sample: () => sampleOf(child),
        async requestMs() {
          const start = performance.now();
          await fetch(`${api}/health`);
          return performance.now() - start;
        },
        kill: () => end(child, 'SIGKILL'),
      };
    },
  };
}

/** Connected devices by the API's own count; -1 while it does not answer. */
async function countConnected(api: string): Promise<number> {
  try {
    const headers = { authorization: `Bearer ${KEY}` };
    const answer = await fetch(`${api}/api/whatsapp-multi-device/devices/connected`, { headers });
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
