import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { seedDataDir } from '../connect/seed.ts';
import { type Load, type LoadResult, runLoad } from '../support/load.ts';
import { ask, end } from '../support/messages.ts';
import { KEY, simulatorEnvironment, startOurServer } from '../support/our-server.ts';
import type { StoredSession } from '../support/sessions.ts';
import { startStorage } from '../support/storage.ts';
import { textOf } from './bare-sends.ts';

const LOOP = fileURLToPath(new URL('../connect/bare-loop.ts', import.meta.url));
const PROBE = new URL('../support/probe.ts', import.meta.url).href;

/** One of those that are compared, with every device open. */
export interface Contender {
  readonly name: string;
  /** The process that holds the sockets. */
  readonly child: ChildProcess;
  /** Where its rows are; null where it has none. */
  readonly databaseUrl: string | null;
  run(load: Load): Promise<LoadResult>;
  stop(): Promise<void>;
}

interface SimulatorAddress {
  readonly url: string;
  readonly rootKeyHex: string;
}

/** The bare Baileys loop with sessions from `file`. */
export async function startBare({ url, rootKeyHex }: SimulatorAddress, file: string): Promise<Contender> {
  const child = fork(LOOP, [file, url, rootKeyHex], { execArgv: ['--expose-gc', '--import', PROBE] });
  await ask(child, { kind: 'open', times: 1 });
  return {
    name: 'bare loop',
    child,
    databaseUrl: null,
    async run(load) {
      const answer = await ask(child, { kind: 'send', load });
      if (answer.kind !== 'send' || !answer.result) throw new Error('the bare loop gave no result');
      return answer.result;
    },
    stop: () => end(child, 'SIGKILL'),
  };
}

interface OursOptions {
  readonly sessions: readonly StoredSession[];
  /** As `startStorage` takes it. */
  readonly storage: string;
  readonly dataDir: string;
  /** As `seedDataDir` takes it. */
  readonly history?: 'kept';
}

/** The server as `npm start` runs it, without pacing. */
export async function startOurs(simulator: SimulatorAddress, options: OursOptions): Promise<Contender> {
  const { sessions, dataDir } = options;
  const storage = await startStorage(options.storage);
  mkdirSync(dataDir);
  await seedDataDir(dataDir, sessions, {
    databaseUrl: storage.databaseUrl,
    pacing: UNPACED,
    ...(options.history && { history: options.history }),
  });
  const environment = { ...simulatorEnvironment(simulator), ...storage.environment };
  const { child, origin, connected } = await startOurServer({ dataDir, environment });
  const pool = new Pool(origin, { connections: sessions.length });
  await connected(sessions.length);
  return {
    name: storage.name,
    child,
    databaseUrl: storage.databaseUrl ?? `file:${dataDir}/wafleet.db`,
    run: (load) => runOurs(pool, sessions, load),
    async stop() {
      await pool.destroy();
      await end(child, 'SIGKILL');
      await storage.stop();
    },
  };
}

const UNPACED = { hourlyCap: null, dailyCap: null, ramp: null, breaker: null };

function runOurs(pool: Pool, sessions: readonly StoredSession[], load: Load): Promise<LoadResult> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const paths = sessions.map(
    ({ phoneNumber }) => `/api/whatsapp-multi-device/devices/bench-${phoneNumber}/send-message`,
  );
  let count = 0;
  return runLoad(load, async (sender, to) => {
    count += 1;
    const path = paths[sender] ?? '';
    const payload = JSON.stringify({ to, message: textOf(count) });
    const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: payload });
    const answer = await body.text();
    // 202 would be a message of which nobody knows yet that WhatsApp has it.
    if (statusCode !== 200) throw new Error(`a send was answered ${statusCode}: ${answer}`);
  });
}
