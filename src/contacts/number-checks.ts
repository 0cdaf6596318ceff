import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** What WhatsApp said of a number. */
export interface NumberCheck {
  /** Null: not on WhatsApp. */
  readonly jid: Jid | null;
  readonly at: Date;
}

/** Remembers what WhatsApp said of numbers, and how many a device may still ask about: asking about many gets accounts banned. */
export interface NumberChecks {
  /** Null where nobody asked lately. */
  known(number: string): NumberCheck | null;
  keep(number: string, jid: Jid | null): NumberCheck;
  /** Takes `count` questions from the device's allowance: 0 when it has them, else in how many ms it will. */
  take(deviceId: DeviceId, count: number): number;
}

const KEPT_NUMBERS = 20_000;
/** People leave WhatsApp rarely; whoever is not there may come any time. In ms. */
const REGISTERED_FOR_MS = 24 * 60 * 60_000;
const UNREGISTERED_FOR_MS = 60 * 60_000;
/** The allowance of a device: so many at once, one more every so many ms. */
export const MOST_CHECKS_AT_ONCE = 100;
const REFILL_MS = 10_000;

export function createNumberChecks(clock: Clock): NumberChecks {
  const checks = new Map<string, NumberCheck>();
  /** When the allowance of a device was, or will be, full again; on the monotonic clock. */
  const fullAt = new Map<DeviceId, number>();
  return {
    known(number) {
      const check = checks.get(number);
      if (!check) return null;
      const lasts = check.jid === null ? UNREGISTERED_FOR_MS : REGISTERED_FOR_MS;
      return clock.now().getTime() - check.at.getTime() < lasts ? check : null;
    },
    keep(number, jid) {
      const check = { jid, at: clock.now() };
      checks.delete(number);
      checks.set(number, check);
      const [oldest] = checks.keys();
      if (checks.size > KEPT_NUMBERS && oldest !== undefined) checks.delete(oldest);
      return check;
    },
    take(deviceId, count) {
      const now = clock.monotonic();
      const full = Math.max(fullAt.get(deviceId) ?? now, now) + count * REFILL_MS;
      const late = full - now - MOST_CHECKS_AT_ONCE * REFILL_MS;
      if (late > 0) return late;
      fullAt.set(deviceId, full);
      return 0;
    },
  };
}
