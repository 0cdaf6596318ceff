import type { ILogger } from '@whiskeysockets/baileys/lib/Utils/logger.js';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';

/** A broken peer can make Baileys complain a thousand times a minute; the log gets this many. */
const LINES_PER_MINUTE = 25;

/** What a disconnect says anyway, with its cause. */
const SAID_ELSEWHERE = new Set(['stream errored out', 'error in validating connection']);

interface BaileysLoggerDeps {
  readonly deviceId: DeviceId;
  readonly log: Logger;
  readonly clock: Clock;
  /** `off` only where a test shows what the limit is good for. */
  readonly logLimits?: 'off' | undefined;
}

/**
 * Baileys logs creds, nodes and messages beside its words. Only the words and an error's message pass, warnings as
 * debug and errors as warnings; the rest of what it says is nothing an operator can act on.
 */
export function createBaileysLogger(deps: BaileysLoggerDeps): ILogger {
  const { deviceId, log, clock, logLimits } = deps;
  let windowEndsAt = 0;
  let left = 0;
  let muted = 0;

  const mayWrite = () => {
    if (clock.monotonic() >= windowEndsAt) {
      if (muted > 0) log.warn({ deviceId, lines: muted }, 'baileys: lines dropped');
      windowEndsAt = clock.monotonic() + 60_000;
      left = LINES_PER_MINUTE;
      muted = 0;
    }
    if (left > 0) left -= 1;
    else muted += 1;
    return muted === 0;
  };
  const write = (level: 'debug' | 'warn') => (data: unknown, words?: string) => {
    const said = words ?? (typeof data === 'string' ? data : '');
    if (SAID_ELSEWHERE.has(said) || (logLimits !== 'off' && !mayWrite())) return;
    log[level]({ deviceId, error: errorMessage(data) }, `baileys: ${said.slice(0, 200)}`);
  };

  const logger: ILogger = {
    level: 'warn',
    child: () => logger,
    trace() {},
    debug() {},
    info() {},
    warn: write('debug'),
    error: write('warn'),
  };
  return logger;
}

/** Baileys names the same thing err, error or e; its text carries no content, its other fields may. */
function errorMessage(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const found = [data, ...Object.values(data)].find((value) => value instanceof Error);
  return found instanceof Error ? found.message.slice(0, 200) : undefined;
}
