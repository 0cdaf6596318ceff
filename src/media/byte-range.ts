import type { ByteRange } from './received-media-file.ts';

/**
 * The part a `Range` header asks for; `all` without one, for several parts and for what is none in the sense of RFC 9110; null when there
 * is no such part.
 */
export function rangeOf(header: string | undefined, sizeBytes: number): ByteRange | 'all' | null {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return 'all';
  if (from === '') return lastOf(Number(to), sizeBytes);
  if (to !== '' && Number(to) < Number(from)) return 'all';
  const end = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return Number(from) > end ? null : { start: Number(from), end };
}

function lastOf(count: number, sizeBytes: number): ByteRange | null {
  return count === 0 ? null : { start: Math.max(0, sizeBytes - count), end: sizeBytes - 1 };
}
