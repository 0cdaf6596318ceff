import type { Device } from '../api/device-types.ts';

/** Somebody wanted it this way; nobody must be called. */
const WANTED = new Set(['stopped', 'wiped', 'logout_requested']);

/** Whether a person must do something about this device. */
export function needsAttention({
  cause,
  warnings,
  status,
}: Pick<Device, 'cause' | 'warnings' | 'status'>): boolean {
  if (warnings.length > 0) return true;
  return status !== 'connected' && cause !== null && cause.action !== null && !WANTED.has(cause.code);
}
