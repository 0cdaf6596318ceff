import type { Clock } from '../shared/clock.ts';

/** Answers the wall clock as `YYYY-MM-DD HH:mm:ss` in the time zone (an IANA name). */
export function createTimestamp({ clock, timezone }: { clock: Clock; timezone: string }): () => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  let second = Number.NaN;
  let text = '';
  // Formatting costs microseconds and every answer needs it, so it is done once a second.
  return () => {
    const now = clock.now();
    const current = Math.floor(now.getTime() / 1000);
    if (current === second) return text;
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    text = `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
    second = current;
    return text;
  };
}
