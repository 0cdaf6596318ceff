import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp } from '../../src/app.ts';
import type { Basics } from '../../src/basics.ts';
import { createConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { createLogger, silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { startWorkers } from '../../workers/host.ts';
import { type Client, connectClient } from './client.ts';

/** The administrator key of every server the tests start. */
export const ADMIN_KEY = 'an-administrator-key-for-the-tests-only';

/** Where a simulator is, started in this process or in another. */
export interface SimulatorPlace {
  readonly url: string;
  readonly rootKeyHex: string;
}

export interface ServerOptions {
  readonly simulator?: SimulatorPlace;
  /** Keys of the environment beyond those every test server gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A new folder by default, gone with the server. */
  readonly dataDir?: string;
  /** What is switched off to show what it is good for. */
  readonly tuning?: NonNullable<Basics['tuning']>;
}

/** The real server in the test's own process, with an administrator that calls it and hears all its events. */
export interface TestServer extends Client {
  readonly app: App;
  readonly dataDir: string;
  /** Stops in order and starts again on the same data; the one it is called on is over. */
  restart(): Promise<TestServer>;
  /** Stops in order and removes the data. */
  stop(): Promise<void>;
}

/** Starts it on a free port of the loopback; the caller stops it. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'wafleet-server-'));
  const { tuning = {} } = options;
  const config = createConfig({
    values: environmentOf({ ...options, dataDir }),
    unknown: [],
    directory: dataDir,
  });
  const log = process.env.SERVER_LOG ? createLogger(process.env.SERVER_LOG) : silentLogger;
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const app = await startApp({
    config,
    clock: systemClock,
    random: systemRandom,
    ids,
    log,
    tuning,
    startWorkers,
  });
  const client = await connectClient({ url: app.url, key: ADMIN_KEY });
  const halt = async () => {
    client.close();
    await app.stop();
  };
  return {
    ...client,
    app,
    dataDir,
    async restart() {
      await halt();
      return startServer({ ...options, dataDir });
    },
    async stop() {
      await halt();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a test server is configured with: a data folder of its own, a free port, the simulator instead of WhatsApp. */
export function environmentOf({
  simulator,
  environment,
  dataDir,
}: ServerOptions & { readonly dataDir: string }): Record<string, string> {
  return {
    DATA_DIR: dataDir,
    SESSIONS_DIR: join(dataDir, 'sessions'),
    DASHBOARD_PORT: '0',
    ADMIN_API_KEY: ADMIN_KEY,
    ...(simulator && { WA_SANDBOX: 'true', WA_ENDPOINT: simulator.url, WA_ROOT_KEY: simulator.rootKeyHex }),
    ...environment,
  };
}
