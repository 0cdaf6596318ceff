import closeWithGrace from 'close-with-grace';
import { type App, startApp } from './app.ts';
import type { StartWorkers } from './background-work.ts';
import type { Basics } from './basics.ts';
import { type Config, createConfig } from './config/config.ts';
import { ConfigError } from './config/config-parse.ts';
import type { Environment } from './config/env.ts';
import { KeyEncryptionKeyError } from './config/key-encryption-key.ts';
import { configuredSecrets } from './config/secrets.ts';
import { MigrationError } from './database/migrate.ts';
import { dutiesOf } from './roles.ts';
import { type SimulatorProcess, startSimulatorProcess } from './sandbox/simulator-process.ts';
import { OperatingModeError } from './settings/operating-mode.ts';
import { systemClock } from './shared/clock.ts';
import { createIds } from './shared/ids.ts';
import { createLogger, type Logger } from './shared/logger.ts';
import { systemRandom } from './shared/random.ts';
import { type StartFailure, startFailure } from './start-failure.ts';

/** A running server with everything an entry point may want to tell a person about it. */
export interface ServerProcess {
  readonly app: App;
  readonly config: Config;
  /** The built-in simulator, in the sandbox without an endpoint of its own. */
  readonly simulator: SimulatorProcess | null;
}

interface ServeOptions {
  readonly environment: Environment;
  readonly startWorkers: StartWorkers;
  readonly controlToken?: string;
  /** For tests. */
  readonly tuning?: NonNullable<Basics['tuning']>;
}

/** Errors whose message tells an operator all there is to know. */
const MENDED_BY_PEOPLE = [ConfigError, KeyEncryptionKeyError, MigrationError, OperatingModeError];
/** EX_CONFIG of sysexits.h: starting again will not help until a person changed something. */
const EX_CONFIG = 78;
/** Sockets, flushes and leases get this long when the process is asked to stop, in ms. */
const SHUTDOWN_MS = 10_000;

/** Runs the server until a signal; ends the process with a readable message when it cannot start. */
export async function serve(options: ServeOptions): Promise<ServerProcess> {
  try {
    return await start(options);
  } catch (error) {
    const failure = readable(error);
    if (!failure) throw error;
    process.stderr.write(`${failure.message}\n`);
    process.exit(failure.needsAPerson ? EX_CONFIG : 1);
  }
}

/** Null for a bug: its stack says more. */
function readable(error: unknown): StartFailure | null {
  const known = error instanceof Error && MENDED_BY_PEOPLE.some((kind) => error instanceof kind);
  return known ? { message: error.message, needsAPerson: true } : startFailure(error);
}

async function start({
  environment,
  startWorkers,
  controlToken,
  tuning = {},
}: ServeOptions): Promise<ServerProcess> {
  const given = createConfig(environment);
  const log = createLogger(given.logLevel);
  for (const warning of given.warnings) log.warn({}, warning);
  log.info({ configured: configuredSecrets(environment), role: given.role }, 'starting');
  const simulator = await startBuiltInSimulator(given, controlToken ?? null);
  const config = simulator ? pointedAt(given, simulator) : given;
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const app = await startApp({
    config,
    clock: systemClock,
    random: systemRandom,
    ids,
    log,
    simulator: simulator?.address ?? null,
    startWorkers,
    tuning,
  });
  log.info({ url: app.url, uptimeMs: Math.round(systemClock.monotonic()) }, 'ready');
  stopOnSignal({ app, simulator, log });
  return { app, config, simulator };
}

/** The sandbox brings its own WhatsApp, for whoever connects to it, unless it was told of another one. */
async function startBuiltInSimulator(config: Config, controlToken: string | null) {
  if (!config.sandbox || config.sandbox.endpoint !== null || !dutiesOf(config.role).sockets) return null;
  return startSimulatorProcess({ stateDir: `${config.dataDir}/simulator`, controlToken });
}

function pointedAt(config: Config, { address }: SimulatorProcess): Config {
  const { url: endpoint, rootKey: rootKeyHex, mediaOrigin, caFile: mediaCaFile } = address;
  return { ...config, sandbox: { endpoint, rootKeyHex, mediaOrigin, mediaCaFile } };
}

/** Signals stop in order; an error nobody caught is a bug: it is logged, and the process ends rather than limps. */
function stopOnSignal({
  app,
  simulator,
  log,
}: {
  app: App;
  simulator: SimulatorProcess | null;
  log: Logger;
}) {
  closeWithGrace({ delay: SHUTDOWN_MS, logger: false }, async ({ signal, err }) => {
    if (err) log.error({ err }, 'stopping after an unexpected error');
    else log.info({ signal }, 'stopping');
    await app.stop();
    await simulator?.stop();
    log.info({}, 'stopped');
  });
}
