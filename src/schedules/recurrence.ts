import { createCronRule } from './cron-rule.ts';
import type { LocalRule } from './local-rule.ts';
import { fromFloating, type LocalTime, toFloating } from './local-time.ts';
import { parseRrule, type Rrule } from './rrule.ts';
import { createRruleRule } from './rrule-rule.ts';
import { localTimeAt } from './zone.ts';

/** When a schedule comes again, as it is stored. */
export interface Recurrence {
  /** What the caller wrote: an RRULE or five fields of cron. */
  readonly rule: string;
  /** From here on, this time included. An RRULE takes the time of day and the phase of its intervals from it. */
  readonly start: LocalTime;
  /** The last time the clock may show, this time included; from UNTIL or COUNT. */
  readonly end: LocalTime | null;
}

/** Fixes a rule to its start. Throws RecurrenceError when it cannot be read. */
export function createRecurrence(rule: string, start: LocalTime, timezone: string): Recurrence {
  const end = isRrule(rule) ? endOf(parseRrule(rule), start, timezone) : null;
  return { rule, start, end };
}

/** The next time strictly after `after` that the clock shows by this rule, not before its start. Throws RecurrenceError. */
export function nextLocalTime({ rule, start, end }: Recurrence, after: LocalTime): LocalTime | null {
  const next = localRule(rule, start).next(after < start ? justBefore(start) : after);
  return next === null || (end !== null && next > end) ? null : next;
}

/** Whether the rule says by itself at which times of day; an RRULE may take that from its start. */
export function namesItsTimes(rule: string): boolean {
  return !isRrule(rule);
}

function isRrule(rule: string): boolean {
  return rule.includes('=');
}

function localRule(rule: string, start: LocalTime): LocalRule {
  return isRrule(rule) ? createRruleRule(parseRrule(rule), start) : createCronRule(rule);
}

function endOf(rrule: Rrule, start: LocalTime, timezone: string): LocalTime | null {
  if (rrule.count !== null) return lastOf(rrule.count, createRruleRule(rrule, start), start);
  if (rrule.until === null) return null;
  return rrule.until.kind === 'local' ? rrule.until.time : localTimeAt(rrule.until.at, timezone);
}

/** A rule that goes on for longer has no end: a thousand times with decades between them are not counted. */
const LONGEST_YEARS = 100;

/** Counted once, when the rule is fixed, so that no later step has to count from the start. */
function lastOf(count: number, rule: LocalRule, start: LocalTime): LocalTime | null {
  let last = justBefore(start);
  for (let index = 0; index < count; index += 1) {
    const next = rule.next(last);
    if (next === null) return last;
    if (yearOf(next) - yearOf(start) > LONGEST_YEARS) return null;
    last = next;
  }
  return last;
}

function yearOf(local: LocalTime): number {
  return toFloating(local).getUTCFullYear();
}

function justBefore(local: LocalTime): LocalTime {
  return fromFloating(new Date(toFloating(local).getTime() - 1_000));
}
