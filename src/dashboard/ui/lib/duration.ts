import { formatNumber } from './format.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** About how long, in the two largest units that say something: "2 hr, 5 min". */
export function formatDuration(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(formatNumber(count, { style: 'unit', unit }));
    else if (parts.length > 0) break;
  }
  return parts.length > 0 ? parts.join(', ') : formatNumber(0, { style: 'unit', unit: 'second' });
}
