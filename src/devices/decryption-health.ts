import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';

/** What is wrong with a device that works otherwise. */
export interface DeviceWarning {
  /** `crypto_degraded`: so much cannot be decrypted that something is broken. `messages_lost`: something will never be read. */
  readonly code: 'crypto_degraded' | 'messages_lost';
  readonly reason: string;
  readonly action: string | null;
  readonly since: Date;
}

/** Follows what a device cannot decrypt, across its sockets. */
export interface DecryptionHealth {
  failed(failure: { waMessageId: WaMessageId; isFromOwnPhone: boolean }): void;
  warnings(): readonly DeviceWarning[];
}

interface HealthDeps {
  readonly deviceId: DeviceId;
  readonly clock: Clock;
  readonly log: Logger;
}

const MINUTE_MS = 60_000;
/** One or two are mended by asking again; as many in a minute are not. */
const DEGRADED_PER_MINUTE = 30;
const DEGRADED_FOR_MS = 10 * MINUTE_MS;
const LOST_SHOWN_MS = 24 * 60 * MINUTE_MS;
const LOGGED_EVERY_MS = 60 * MINUTE_MS;
/** The library asks a sender five times; the sixth failure is the last one. */
const LAST_ATTEMPT = 6;
const REMEMBERED_IDS = 1_000;

export function createDecryptionHealth({ deviceId, clock, log }: HealthDeps): DecryptionHealth {
  const attempts = new Map<WaMessageId, number>();
  const minute = { endsAt: Number.NEGATIVE_INFINITY, failures: 0 };
  const degraded = createSpell({ clock, lastsMs: DEGRADED_FOR_MS });
  const lost = createSpell({ clock, lastsMs: LOST_SHOWN_MS });

  const attemptOf = (waMessageId: WaMessageId): number => {
    const attempt = (attempts.get(waMessageId) ?? 0) + 1;
    attempts.delete(waMessageId);
    attempts.set(waMessageId, attempt);
    const [oldest] = attempts.keys();
    if (attempts.size > REMEMBERED_IDS && oldest !== undefined) attempts.delete(oldest);
    return attempt;
  };

  return {
    failed({ waMessageId, isFromOwnPhone }) {
      const now = clock.monotonic();
      if (now >= minute.endsAt) [minute.endsAt, minute.failures] = [now + MINUTE_MS, 0];
      minute.failures += 1;
      if (minute.failures >= DEGRADED_PER_MINUTE && degraded.goesOn())
        log.error({ deviceId }, 'device cannot decrypt much of what it receives');
      if (attemptOf(waMessageId) !== LAST_ATTEMPT && !isFromOwnPhone) return;
      if (lost.goesOn())
        log.error({ deviceId, isFromOwnPhone }, 'received message lost: it cannot be decrypted');
    },
    warnings: () => [
      ...degraded.shown().map((since) => ({ ...DEGRADED, since })),
      ...lost.shown().map((since) => ({ ...LOST, since })),
    ],
  };
}

const DEGRADED = {
  code: 'crypto_degraded',
  reason: 'Much of what the device receives cannot be decrypted',
  action: 'If it does not end by itself, log the device out and link it again',
} as const;
const LOST = {
  code: 'messages_lost',
  reason: 'Something the device received could not be decrypted and does not come again',
  action: 'Look at the phone for what is missing',
} as const;

/** A time that begins when something happens and ends a while after it happened last. */
function createSpell({ clock, lastsMs }: { clock: Clock; lastsMs: number }) {
  let since: Date | null = null;
  let endsAt = 0;
  let logDueAt = Number.NEGATIVE_INFINITY;
  const isOver = () => clock.monotonic() >= endsAt;
  return {
    /** It happened; true when it is time to say so. */
    goesOn(): boolean {
      const now = clock.monotonic();
      if (since === null || isOver()) since = clock.now();
      endsAt = now + lastsMs;
      if (now < logDueAt) return false;
      logDueAt = now + LOGGED_EVERY_MS;
      return true;
    },
    shown: (): readonly Date[] => (since === null || isOver() ? [] : [since]),
  };
}
