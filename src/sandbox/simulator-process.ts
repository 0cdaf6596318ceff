import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where a running simulator listens; the line it prints when it is ready. */
export interface SimulatorAddress {
  /** ws:// URL that devices connect to. */
  readonly url: string;
  readonly controlUrl: string;
  readonly controlToken: string;
  /** Hex public key of its Noise root. */
  readonly rootKey: string;
  /** https origin of its media host. */
  readonly mediaOrigin: string;
  /** PEM file with the CA behind it. */
  readonly caFile: string;
}

export interface SimulatorProcess {
  readonly address: SimulatorAddress;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

const SIMULATOR = fileURLToPath(new URL('../simulator/cli.ts', import.meta.url));

/**
 * Starts the simulator as a process of its own, so that nothing of it is in the server's memory and a
 * restarted server finds its phones again. It ends with this process, also when this one is killed.
 * Rejects when it exits before it is ready.
 */
export async function startSimulatorProcess({
  stateDir,
  controlToken,
}: {
  stateDir: string;
  controlToken: string | null;
}): Promise<SimulatorProcess> {
  // In one word each: a token may begin with a dash.
  const token = controlToken === null ? [] : [`--token=${controlToken}`];
  const child = spawn(process.execPath, [SIMULATOR, '--with-parent', `--state-dir=${stateDir}`, ...token], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<SimulatorAddress>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(parseReadyLine(line)));
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`the simulator ended with code ${code} before it was ready`)),
    );
  });
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function parseReadyLine(line: string): SimulatorAddress {
  const ready: Partial<SimulatorAddress> = JSON.parse(line);
  const { url, controlUrl, controlToken, rootKey, mediaOrigin, caFile } = ready;
  if (!url || !controlUrl || !controlToken || !rootKey || !mediaOrigin || !caFile) {
    throw new Error('the simulator printed an unexpected ready line');
  }
  return { url, controlUrl, controlToken, rootKey, mediaOrigin, caFile };
}
