import type { ChildProcess } from 'node:child_process';
import { ask, type Sample } from '../support/messages.ts';
import type { Contender, Running } from './contender.ts';

interface Measurement {
  readonly contender: Contender;
  /** The same with no device: what the process costs by itself. */
  readonly empty: Contender;
  readonly devices: number;
  readonly phonePrefix: string;
  readonly simulator: ChildProcess;
}

export interface Figures {
  readonly contender: string;
  readonly devices: number;
  /** From the start of the process until every device is open. */
  readonly openMs: number;
  readonly openLag: Lag;
  readonly rssPerDeviceBytes: number;
  readonly heapPerDeviceBytes: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** From the loss of every TCP connection until every device is open again. */
  readonly reopenMs: number;
  readonly reopenLag: Lag;
  /** One request after the other meanwhile; null where there is no API. */
  readonly requestP99Ms: number | null;
  /** After `kill -9`: from the start of the new process, and from its first line. */
  readonly restartMs: number;
  readonly restartFromFirstLineMs: number | null;
}

interface Lag {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Start, sample, mass drop, `kill -9`, start again. */
export async function measure(measurement: Measurement): Promise<Figures> {
  const { contender, devices } = measurement;
  console.error(`${devices} devices: ${contender.name}`);
  const nothing = await costOfNothing(measurement.empty);

  const first = await open(measurement, 1);
  const atRest = await first.running.sample();
  const again = await reopen(measurement, first.running);
  await first.running.kill();
  const restarted = await open(measurement, 1);
  await restarted.running.kill();

  return {
    contender: contender.name,
    devices,
    openMs: first.ms,
    openLag: lagOf(atRest),
    rssPerDeviceBytes: (atRest.rssBytes - nothing.rssBytes) / devices,
    heapPerDeviceBytes: (atRest.heapBytes - nothing.heapBytes) / devices,
    rssBytes: atRest.rssBytes,
    peakRssBytes: atRest.peakRssBytes,
    reopenMs: again.ms,
    reopenLag: lagOf(again.sample),
    requestP99Ms: again.requestP99Ms,
    restartMs: restarted.ms,
    restartFromFirstLineMs: restarted.fromFirstLineMs,
  };
}

/** A row for people; the JSON has everything. */
export function tableRow(figures: Figures): Record<string, string | number> {
  const round = (value: number) => Math.round(value);
  const optional = (value: number | null) => (value === null ? '-' : round(value));
  return {
    devices: figures.devices,
    '': figures.contender,
    'open ms': round(figures.openMs),
    'RSS KiB/device': round(figures.rssPerDeviceBytes / 1024),
    'heap KiB/device': round(figures.heapPerDeviceBytes / 1024),
    'RSS MiB': round(figures.rssBytes / 1024 / 1024),
    'reopen ms': round(figures.reopenMs),
    'lag p99/max ms': `${round(figures.reopenLag.p99Ms)}/${round(figures.reopenLag.maxMs)}`,
    'API p99 ms': optional(figures.requestP99Ms),
    'kill -9, open ms': round(figures.restartMs),
    'from first line': optional(figures.restartFromFirstLineMs),
  };
}

async function costOfNothing(empty: Contender): Promise<Sample> {
  const running = await empty.start();
  await running.open(1);
  const sample = await running.sample();
  await running.kill();
  return sample;
}

async function open({ contender, devices, phonePrefix, simulator }: Measurement, times: number) {
  await ask(simulator, { kind: 'mark' });
  const start = performance.now();
  const running = await contender.start();
  let firstLineAt: number | null = null;
  void running.firstLine?.then(() => {
    firstLineAt = performance.now();
  });
  // The server's own count is asked for last: asking all the time would cost what is measured.
  await ask(simulator, { kind: 'logins', phonePrefix, count: devices });
  await running.open(times);
  const ended = performance.now();
  return { running, ms: ended - start, fromFirstLineMs: firstLineAt === null ? null : ended - firstLineAt };
}

async function reopen({ devices, phonePrefix, simulator }: Measurement, running: Running) {
  await ask(simulator, { kind: 'mark' });
  const start = performance.now();
  await ask(simulator, { kind: 'drop', phonePrefix });
  let isOpen = false;
  const allOpen = ask(simulator, { kind: 'logins', phonePrefix, count: devices })
    .then(() => running.open(2))
    .finally(() => {
      isOpen = true;
    });
  const durations: number[] = [];
  while (running.requestMs && !isOpen) durations.push(await running.requestMs());
  await allOpen;
  const ms = performance.now() - start;
  return { ms, sample: await running.sample(), requestP99Ms: running.requestMs ? p99(durations) : null };
}

function lagOf({ lagP99Ms, lagMaxMs }: Sample): Lag {
  return { p99Ms: lagP99Ms, maxMs: lagMaxMs };
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
