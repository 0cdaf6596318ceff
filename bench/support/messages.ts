import type { ChildProcess } from 'node:child_process';
import type { Load, LoadResult } from './load.ts';

/** What a process says of itself, measured after a garbage collection where asked for. */
export interface Sample {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly peakRssBytes: number;
  /** Event-loop lag since the sample before. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  /** CPU time since the process started. */
  readonly cpuMs: number;
}

/** Everything the processes of a bench say to each other; each request is answered by a message of the same kind. */
export type BenchMessage =
  | { readonly kind: 'sample'; readonly sample?: Sample }
  /** CPU time since the process started. */
  | { readonly kind: 'cpu'; readonly cpuMs?: number }
  /** Starts a CPU profile (null), or writes the one that was started. */
  | { readonly kind: 'profile'; readonly file: string | null }
  | { readonly kind: 'ready'; readonly url?: string; readonly rootKeyHex?: string }
  | { readonly kind: 'import'; readonly file: string }
  /** Resolves when `count` devices of `phonePrefix` have logged in since the mark before. */
  | { readonly kind: 'logins'; readonly phonePrefix: string; readonly count: number }
  /** From now on logins count for the next `logins`. */
  | { readonly kind: 'mark' }
  /** Destroys the TCP connections of these devices. */
  | { readonly kind: 'drop'; readonly phonePrefix: string; readonly dropped?: number }
  /** Gives these people a phone, which decrypts what they are sent and confirms it. */
  | { readonly kind: 'phones'; readonly phoneNumbers: readonly string[] }
  /** Each person writes `each` texts to each device of theirs; answered when the devices confirmed all of them. */
  | {
      readonly kind: 'write';
      /** By device, who writes to it; phone numbers. */
      readonly people: Readonly<Record<string, readonly string[]>>;
      readonly each: number;
      readonly seconds?: number;
    }
  /** Says when every socket of the bare loop is open for the `times`-th time. */
  | { readonly kind: 'open'; readonly times: number }
  /** The bare loop sends. */
  | { readonly kind: 'send'; readonly load: Load; readonly result?: LoadResult };

/** Sends a message and resolves with the next of the same kind; rejects when the process ends first. */
export function ask(child: ChildProcess, message: BenchMessage): Promise<BenchMessage> {
  const answer = next(child, message.kind);
  child.send(message);
  return answer;
}

/** Resolves with the next message of this kind; rejects when the process ends first. */
export function next(child: ChildProcess, kind: BenchMessage['kind']): Promise<BenchMessage> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: BenchMessage) => {
      if (message.kind !== kind) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message);
    };
    const onExit = (code: number | null) => reject(new Error(`a process of the bench ended with ${code}`));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}

/** Asks a process that runs with probe.ts to collect garbage and measure itself. */
export async function sampleOf(child: ChildProcess): Promise<Sample> {
  const answer = await ask(child, { kind: 'sample' });
  if (answer.kind !== 'sample' || !answer.sample) throw new Error('a probe answered without a sample');
  return answer.sample;
}

/** CPU time of a process that runs with probe.ts, in ms. */
export async function cpuMsOf(child: ChildProcess): Promise<number> {
  const answer = await ask(child, { kind: 'cpu' });
  if (answer.kind !== 'cpu' || answer.cpuMs === undefined)
    throw new Error('a probe did not tell its CPU time');
  return answer.cpuMs;
}

/** Ends a process and waits until it is gone. */
export function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
