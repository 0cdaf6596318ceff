import type { ApiError } from '../../lib/api-error.ts';
import { t } from './texts.ts';

/** What the server says of a time, at the field it is about. */
export interface TimeErrors {
  readonly date?: string | undefined;
  readonly time?: string | undefined;
  readonly zone?: string | undefined;
  readonly rule?: string | undefined;
  /** The first time after a gap of the clock, `2026-03-29 03:00:00`. */
  readonly instead?: string | undefined;
}

/** Errors of the schedule's own codes, and of its fields. */
export function timeErrors(error: ApiError | null): TimeErrors {
  if (!error) return {};
  const { code, details } = error;
  if (code === 'SCHEDULE_TIME_PAST') return { date: t('error.past') };
  if (code === 'SCHEDULE_RECURRENCE_INVALID')
    return { rule: t('error.rule', { reason: String(details.reason ?? error.message) }) };
  if (code === 'SCHEDULE_TIME_IMPOSSIBLE') {
    const instead = String(details.firstTimeAfter ?? '');
    return {
      time: t('error.gap', { zone: String(details.timezone ?? ''), time: instead.slice(11, 16) }),
      instead,
    };
  }
  return {
    date: error.fieldMessage('scheduleTime'),
    zone: error.fieldMessage('timezone') && t('error.zone'),
    rule: error.fieldMessage('recurrence'),
  };
}

/** Whether all of it is told at fields. */
export function isTimeError(error: ApiError): boolean {
  return Object.values(timeErrors(error)).some((text) => text !== undefined);
}
