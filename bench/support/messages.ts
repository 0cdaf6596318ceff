import type { ChildProcess } from 'node:child_process';

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
  | { readonly kind: 'ready'; readonly url?: string; readonly rootKeyHex?: string }
  | { readonly kind: 'import'; readonly file: string }
  /** Resolves when `count` devices of `phonePrefix` have logged in since the mark before. */
  | { readonly kind: 'logins'; readonly phonePrefix: string; readonly count: number }
  /** From now on logins count for the next `logins`. */
  | { readonly kind: 'mark' }
  /** Destroys the TCP connections of these devices. */
  | { readonly kind: 'drop'; readonly phonePrefix: string; readonly dropped?: number }
  /** Says when every socket of the bare loop is open for the `times`-th time. */
  | { readonly kind: 'open'; readonly times: number };

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

/** Ends a process and waits until it is gone. */
export function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
