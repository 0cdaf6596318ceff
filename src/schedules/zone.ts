import { IANAZone } from 'luxon';
import { fromFloating, type LocalTime, toFloating } from './local-time.ts';

/**
 * What a local time means in a zone. A clock that is set back shows a time twice: then `at` is the first. A clock that
 * is set forward never shows the times of the gap: then `firstAfter` is the moment it was set.
 */
export type Resolved =
  | { readonly kind: 'time'; readonly at: Date }
  | { readonly kind: 'gap'; readonly firstAfter: Date };

const MINUTE_MS = 60_000;
/** Further than the largest change of any zone: Samoa once left out a whole day. */
const AROUND_MS = 36 * 60 * MINUTE_MS;

/** A name of the IANA time zone database, such as Asia/Jakarta; offsets such as +07:00 are no zones. */
export function isZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}

/** What the clocks of the zone show then. Throws for an unknown zone, as the next one does. */
export function localTimeAt(at: Date, zone: string): LocalTime {
  return fromFloating(new Date(at.getTime() + offsetMs(at.getTime(), zone)));
}

/** When the clocks of the zone show this. */
export function resolveLocalTime(local: LocalTime, zone: string): Resolved {
  const floating = toFloating(local).getTime();
  const before = offsetMs(floating - AROUND_MS, zone);
  const after = offsetMs(floating + AROUND_MS, zone);
  const meant = [before, after]
    .map((offset) => floating - offset)
    .filter((at) => at + offsetMs(at, zone) === floating);
  if (meant.length > 0) return { kind: 'time', at: new Date(Math.min(...meant)) };
  return { kind: 'gap', firstAfter: new Date(changeBetween(floating - after, floating - before, zone)) };
}

/** The moment the offset changes, which lies after `from` and not after `to`. In ms, exact to the second. */
function changeBetween(from: number, to: number, zone: string): number {
  const old = offsetMs(from, zone);
  let [low, high] = [from, to];
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (offsetMs(middle, zone) === old) low = middle;
    else high = middle;
  }
  return high;
}

function offsetMs(at: number, zone: string): number {
  const offset = IANAZone.create(zone).offset(at);
  if (Number.isNaN(offset)) throw new Error('this time zone is unknown');
  return offset * MINUTE_MS;
}
