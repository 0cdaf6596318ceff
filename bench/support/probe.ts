/** Loaded with `--import` into every measured process, ours and the bare loop alike; answers `sample`, `cpu` and `profile`. */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BenchMessage, Sample } from './messages.ts';

const RESOLUTION_MS = 10;
const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
lag.enable();

process.on('message', (message: BenchMessage) => {
  if (message.kind === 'sample') say({ kind: 'sample', sample: measure() });
  if (message.kind === 'cpu') say({ kind: 'cpu', cpuMs: cpuMs() });
  if (message.kind === 'profile') void profile(message.file).then(() => say(message));
});
// Waiting for questions must not keep the process alive.
process.channel?.unref();

function measure(): Sample {
  const lagP99Ms = lag.percentile(99) / 1e6 - RESOLUTION_MS;
  const lagMaxMs = lag.max / 1e6 - RESOLUTION_MS;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  lag.reset();
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    lagP99Ms: Math.max(0, lagP99Ms),
    lagMaxMs: Math.max(0, lagMaxMs),
    cpuMs: cpuMs(),
  };
}

const inspector = new Session();

/** Starts a CPU profile, or writes the one that was started. */
async function profile(file: string | null): Promise<void> {
  if (file === null) {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.start');
    return;
  }
  const { profile: taken } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  writeFileSync(file, JSON.stringify(taken));
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function say(message: BenchMessage): void {
  process.send?.(message);
}
