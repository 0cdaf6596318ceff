import { DEVICES, REPORTING } from '../../api/paths.ts';
import type { IssuedToken } from '../../api/people-types.ts';

/** A line to paste into a terminal that uses a key for something it may do. */
export function tryLine(
  { token, scopes, deviceIds }: Pick<IssuedToken, 'token' | 'scopes' | 'deviceIds'>,
  { origin, deviceId }: { origin: string; deviceId: string | undefined },
): string {
  const has = (...wanted: readonly string[]) =>
    scopes.includes('admin') || scopes.some((scope) => wanted.includes(scope));
  const key = `-H 'X-API-Key: ${token}'`;
  if (has('device:read')) return `curl ${key} ${origin}${DEVICES}/devices`;
  if (has('message:send')) {
    const device = deviceIds?.[0] ?? deviceId ?? 'DEVICE';
    const body = `-H 'Content-Type: application/json' -d '{"to":"628…","message":"Halo"}'`;
    return `curl ${key} ${body} ${origin}${DEVICES}/devices/${device}/send-message`;
  }
  if (has('message:read')) return `curl ${key} ${origin}${DEVICES}/jobs`;
  if (has('webhook:manage')) return `curl ${key} ${origin}${DEVICES}/webhooks`;
  if (has('report:read')) return `curl ${key} ${origin}${REPORTING}/recipients`;
  return `curl ${key} ${origin}/health`;
}
