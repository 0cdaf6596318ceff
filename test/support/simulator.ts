import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PhoneMessage } from '../../src/simulator/phone/message-book.ts';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import {
  type StandaloneOptions,
  type StandaloneSimulator,
  startSimulatorWithPhones,
} from '../../src/simulator/standalone.ts';
import { trustSimulator } from './companion.ts';

/** A simulator in the test's own process, trusted by the Baileys of this process. */
export interface TestSimulator extends StandaloneSimulator {
  /** The phone with this number; made when there is none. */
  phone(phoneNumber: string, pushName?: string): Phone;
}

export async function startTestSimulator(options: StandaloneOptions = {}): Promise<TestSimulator> {
  const simulator = await startSimulatorWithPhones(options);
  trustSimulator(simulator.rootKeyHex);
  return {
    ...simulator,
    phone: (phoneNumber, pushName) =>
      simulator.phones.find(phoneNumber) ?? simulator.phones.create({ phoneNumber, pushName }),
  };
}

/** The first message on the phone that passes, of those there are and those to come or to change. */
export function waitForMessage(
  phone: Phone,
  passes: (message: PhoneMessage) => boolean,
): Promise<PhoneMessage> {
  const known = phone.messages().find(passes);
  if (known) return Promise.resolve(known);
  return new Promise((resolve) => {
    const stop = phone.onMessage((message) => {
      if (!passes(message)) return;
      stop();
      resolve(message);
    });
  });
}

/** What the ready line of a simulator process says. */
export interface ReadyLine {
  readonly ready: true;
  readonly url: string;
  readonly controlUrl: string;
  readonly controlToken: string;
  readonly rootKey: string;
  readonly mediaOrigin: string;
  readonly caFile: string;
}

/** A simulator in a process of its own, steered over its control API. */
export interface SimulatorProcess extends ReadyLine {
  readonly child: ChildProcess;
  /** Calls the control API and returns the JSON answer; throws on a status of 400 and above. */
  call(method: string, path: string, body?: object): Promise<unknown>;
  /** Ends it with the signal (SIGTERM by default) and waits; resolves with the exit code, null when a signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the simulator's command line and waits for its ready line; rejects with what it wrote when it gives up. */
export async function startSimulatorProcess(args: readonly string[] = []): Promise<SimulatorProcess> {
  const cli = join(import.meta.dirname, '../../src/simulator/cli.ts');
  const child = spawn(process.execPath, [cli, '--with-parent', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => [])]);
  const [text] = line;
  if (typeof text !== 'string') throw new Error(`the simulator gave up: ${complaints}`);
  const ready: ReadyLine = JSON.parse(text);
  return {
    ...ready,
    child,
    async call(method, path, body) {
      const response = await fetch(new URL(path, ready.controlUrl), {
        method,
        headers: {
          authorization: `Bearer ${ready.controlToken}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
      return answer;
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}
