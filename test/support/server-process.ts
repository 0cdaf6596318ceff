import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRecorder, type Recorder } from './recorder.ts';
import { environmentOf, type ServerOptions } from './server.ts';

/** The server as an operator runs it: `node src/main.ts` with an environment. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly dataDir: string;
  /** Every line on standard output so far, and those to come. */
  readonly lines: Recorder<string>;
  /** What it says to a person, on stderr. */
  readonly remarks: Recorder<string>;
  /** Everything on standard error so far, but for the set-up link it tells as long as nobody has an account. */
  complaints(): string;
  /** Resolves with the URL when it serves; rejects when it ends before. */
  waitReady(): Promise<string>;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Sends the signal (SIGTERM by default) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /** Ends it whatever it does, and removes its data. */
  [Symbol.asyncDispose](): Promise<void>;
}

interface LogLine {
  readonly msg?: string;
  readonly url?: string;
}

const SET_UP_LINK = /^ {2}wafleet runs at .+\n+ {2}Nobody can sign in yet.+\n+ {4}.+#\/setup\?token=\S+$/m;
const MAIN = join(import.meta.dirname, '../../src/main.ts');

/**
 * Starts the process (`src/main.ts`, or `entry`); an empty text leaves a key out. Nothing of our own environment reaches it
 * that could change what it does.
 */
export function startServerProcess(options: ServerOptions & { entry?: string } = {}): ServerProcess {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'wafleet-process-'));
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [options.entry ?? MAIN], {
    cwd: dataDir,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...environmentOf({ ...options, dataDir }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = createRecorder<string>();
  createInterface({ input: child.stdout }).on('line', lines.add);
  const remarks = createRecorder<string>();
  createInterface({ input: child.stderr }).on('line', remarks.add);
  const complaints = () => remarks.all.join('\n').replace(SET_UP_LINK, '').trim();
  const exited = once(child, 'close').then(([code]): number | null => code);
  const kill = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  return {
    child,
    dataDir,
    lines,
    remarks,
    complaints,
    async waitReady() {
      const gone = exited.then((code) => {
        throw new Error(`the server ended with ${code}: ${complaints()}`);
      });
      const line = await Promise.race([lines.waitFor((each) => parseLogLine(each).msg === 'ready'), gone]);
      return parseLogLine(line).url ?? '';
    },
    exited,
    kill,
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A line of the log; empty for what is printed for people. */
export function parseLogLine(line: string): LogLine {
  return line.startsWith('{') ? JSON.parse(line) : {};
}
