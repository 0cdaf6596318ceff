import { parseArgs } from 'node:util';
import { createLogger } from '../shared/logger.ts';
import { startSimulatorWithPhones } from './standalone.ts';

const USAGE = `Usage: node src/simulator/cli.ts [options]

  --port <n>            port of the WebSocket, 0 = free choice (default 0)
  --control-port <n>    port of the control API, 0 = free choice (default 0)
  --media-port <n>      port of the media host, 0 = free choice (default 0)
  --state-dir <dir>     keep accounts, keys, queues, phones and files here (default: while it runs)
  --token <text>        bearer token of the control API (default: a random one)
  --tls                 serve wss:// with the certificate of the media host
  --with-parent         stop when the parent process ends (IPC channel or standard input closes)
  --log <level>         debug, info, warn, error or silent (default warn; lines go to standard error)
`;

/** A simulator as a process of its own. Prints one JSON line when it is ready; ends on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const options = readOptions();
  const log = createLogger(options.log, process.stderr);
  const simulator = await startSimulatorWithPhones({ ...options, log });
  const stop = stopOnce(async () => {
    await simulator.close();
    process.exit(0);
  });
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (options.withParent) watchParent(stop);
  const { url, controlUrl, controlToken, rootKeyHex, mediaOrigin, caFile } = simulator;
  const ready = {
    ready: true,
    url,
    controlUrl,
    controlToken,
    rootKey: rootKeyHex,
    mediaOrigin,
    caFile,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      'media-port': { type: 'string', default: '0' },
      'state-dir': { type: 'string' },
      token: { type: 'string' },
      tls: { type: 'boolean', default: false },
      'with-parent': { type: 'boolean', default: false },
      log: { type: 'string', default: 'warn' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  return {
    port: toPort('port', values.port),
    controlPort: toPort('control-port', values['control-port']),
    mediaPort: toPort('media-port', values['media-port']),
    stateDir: values['state-dir'] ?? null,
    ...(values.token && { controlToken: values.token }),
    transport: values.tls ? ('tls' as const) : ('plain' as const),
    withParent: values['with-parent'],
    log: values.log,
  };
}

function toPort(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new TypeError(`--${name} must be a port number, not "${text}"`);
  return port;
}

/** The operating system tells nobody that a parent was killed; the pipe to it does. */
function watchParent(stop: () => void): void {
  process.once('disconnect', stop);
  if (process.channel) return;
  process.stdin.once('end', stop);
  process.stdin.once('close', stop);
  process.stdin.resume();
}

/** A second signal must not start a second shutdown. */
function stopOnce(work: () => Promise<void>): () => void {
  let stopping = false;
  return () => {
    if (stopping) return;
    stopping = true;
    work().catch(fail);
  };
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`simulator: ${message}\n`);
  process.exit(1);
}

main().catch(fail);
