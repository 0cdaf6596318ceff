import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';

/** Keeps what libraries write to the console out of every log. */
export interface ConsoleGuard {
  /** How many lines were dropped since the guard stands. */
  dropped(): number;
  /** Gives the console back; for tests. */
  remove(): void;
}

const METHODS = ['debug', 'dir', 'error', 'info', 'log', 'trace', 'warn'] as const;

/** At most one line of ours per this time, however much is dropped. */
const REPORT_EVERY_MS = 60_000;

/**
 * libsignal prints whole session objects, private ratchet keys included, whenever it opens or closes one. This replaces
 * the console of the process: everything is dropped and counted, and only the count is logged. Must stand before
 * libsignal is loaded; our own code never uses the console.
 */
export function installConsoleGuard({ log, clock }: { log: Logger; clock: Clock }): ConsoleGuard {
  const target = console;
  const originals = METHODS.map((method) => [method, target[method]] as const);
  let dropped = 0;
  let reported = 0;
  let reportDueAt = 0;

  const drop = () => {
    dropped += 1;
    if (clock.monotonic() < reportDueAt) return;
    reportDueAt = clock.monotonic() + REPORT_EVERY_MS;
    log.debug({ lines: dropped - reported }, 'console output of a library dropped');
    reported = dropped;
  };
  for (const method of METHODS) target[method] = drop;

  return {
    dropped: () => dropped,
    remove() {
      for (const [method, original] of originals) target[method] = original;
    },
  };
}
