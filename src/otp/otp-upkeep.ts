import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type Sweep, startSweep } from '../wakeups/sweep.ts';
import type { OtpRepository } from './otp-repository.ts';

interface UpkeepDeps {
  readonly codes: Pick<OtpRepository, 'eraseTexts' | 'purge'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long the words of a message may outlive their need, about. */
const ERASE_EVERY_MS = 2_000;
const AT_ONCE = 200;
const PURGE_EVERY_MS = 60 * 60_000;
/** Limits look back an hour; the rest is for whoever asks what happened. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Erases the words of messages that brought a code, and forgets old codes. Any number of processes may do so. */
export function startOtpUpkeep({ codes, clock, log }: UpkeepDeps): Sweep {
  const wakeups = { ring: async () => {} };
  const erasing = startSweep({
    clock,
    everyMs: ERASE_EVERY_MS,
    wakeups,
    log,
    async find() {
      for (let erased = AT_ONCE; erased === AT_ONCE; ) erased = await codes.eraseTexts(AT_ONCE);
      return [];
    },
  });
  const purging = startSweep({
    clock,
    everyMs: PURGE_EVERY_MS,
    wakeups,
    log,
    async find() {
      await codes.purge(new Date(clock.now().getTime() - KEPT_MS));
      return [];
    },
  });
  return {
    async stop() {
      await Promise.all([erasing.stop(), purging.stop()]);
    },
  };
}
