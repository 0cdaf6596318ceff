import type { AnsweredRequest } from '../http/request-log.ts';
import type { Instruments } from './instruments.ts';

/** Counts a request that was answered and takes its time. */
export function countRequest(
  { method, route, status, seconds }: AnsweredRequest,
  { requests, requestSeconds }: Pick<Instruments, 'requests' | 'requestSeconds'>,
): void {
  requests.inc({ method, route, status });
  requestSeconds.observe({ route }, seconds);
}
