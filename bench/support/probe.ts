/** Loaded with `--import` into every measured process, ours and the bare loop alike; answers `sample`. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BenchMessage, Sample } from './messages.ts';

const RESOLUTION_MS = 10;
const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
lag.enable();

process.on('message', (message: BenchMessage) => {
  if (message.kind === 'sample') process.send?.({ kind: 'sample', sample: measure() } satisfies BenchMessage);
});
// Waiting for questions must not keep the process alive.
process.channel?.unref();

function measure(): Sample {
  const lagP99Ms = lag.percentile(99) / 1e6 - RESOLUTION_MS;
  const lagMaxMs = lag.max / 1e6 - RESOLUTION_MS;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  lag.reset();
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    lagP99Ms: Math.max(0, lagP99Ms),
    lagMaxMs: Math.max(0, lagMaxMs),
    cpuMs: (user + system) / 1000,
  };
}
