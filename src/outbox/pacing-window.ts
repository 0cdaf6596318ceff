import type { WindowCount } from './pacing-facts.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * 60;
/** A minute counts until its last second is out of the window, so a window remembers one more. */
export const REMEMBERED_MS = (DAY_MINUTES + 1) * MINUTE_MS;

/** How many messages one device sent in one minute of the clock. */
export interface MinuteCount {
  /** Minutes since 1970. */
  readonly minute: number;
  /** Without replies. */
  readonly total: number;
  readonly cold: number;
}

/** What a device sent in the last 24 hours, minute by minute. */
export interface SendWindow {
  add(at: Date, sent: Omit<MinuteCount, 'minute'>): void;
  /** The counts as they are at `now`. */
  at(now: Date): Record<'lastHour' | 'lastDay' | 'coldLastDay', WindowCount>;
}

/** `known`: what the database remembers, oldest first. */
export function createSendWindow(known: readonly MinuteCount[]): SendWindow {
  /** By minute, oldest first. */
  let minutes: MinuteCount[] = [...known];
  const day = { total: 0, cold: 0 };
  for (const each of minutes) include(each, 1);

  return {
    add(at, sent) {
      const minute = minuteOf(at);
      const last = minutes.at(-1);
      // A clock that was set back counts into the newest minute: too long remembered rather than forgotten.
      const isSame = last !== undefined && last.minute >= minute;
      const base = isSame ? last : { minute, total: 0, cold: 0 };
      if (isSame) minutes.pop();
      minutes.push({
        minute: base.minute,
        total: base.total + sent.total,
        cold: base.cold + sent.cold,
      });
      include({ minute, ...sent }, 1);
    },
    at(now) {
      forgetBefore(minuteOf(now) - DAY_MINUTES);
      const hourAgo = minuteOf(now) - HOUR_MINUTES;
      const firstOfHour = minutes.findLastIndex(({ minute }) => minute < hourAgo) + 1;
      const hour = minutes.slice(firstOfHour);
      const lastHour = hour.reduce((sum, { total }) => sum + total, 0);
      return {
        lastHour: {
          count: lastHour,
          roomAt: (limit) => roomAt(hour, { of: 'total', limit, lasts: HOUR_MINUTES, now }),
        },
        lastDay: {
          count: day.total,
          roomAt: (limit) => roomAt(minutes, { of: 'total', limit, lasts: DAY_MINUTES, now }),
        },
        coldLastDay: {
          count: day.cold,
          roomAt: (limit) => roomAt(minutes, { of: 'cold', limit, lasts: DAY_MINUTES, now }),
        },
      };
    },
  };

  function include({ total, cold }: MinuteCount, sign: 1 | -1): void {
    day.total += sign * total;
    day.cold += sign * cold;
  }

  function forgetBefore(oldest: number): void {
    const first = minutes[0];
    if (!first || first.minute >= oldest) return;
    const kept = minutes.findIndex(({ minute }) => minute >= oldest);
    const gone = kept === -1 ? minutes : minutes.slice(0, kept);
    for (const each of gone) include(each, -1);
    minutes = kept === -1 ? [] : minutes.slice(kept);
  }
}

interface RoomQuestion {
  readonly of: 'total' | 'cold';
  readonly limit: number;
  readonly lasts: number;
  readonly now: Date;
}

/** When enough of the oldest have left the window that fewer than `limit` are in it. */
function roomAt(minutes: readonly MinuteCount[], { of, limit, lasts, now }: RoomQuestion): Date {
  let left = minutes.reduce((sum, each) => sum + each[of], 0);
  for (const each of minutes) {
    if (left < limit) break;
    left -= each[of];
    if (left < limit) return new Date((each.minute + lasts + 1) * MINUTE_MS);
  }
  return now;
}

export function minuteOf(at: Date): number {
  return Math.floor(at.getTime() / MINUTE_MS);
}
