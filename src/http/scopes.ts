/** What a key may be allowed to do. `admin` implies all others. */
export const SCOPES = [
  'device:read',
  'device:link',
  'device:manage',
  'message:read',
  'message:send',
  'group:manage',
  'report:read',
  'webhook:manage',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/**
 * Every route declares one in `config.scope`; a route without it stops the boot. `signed-in` is for people, whatever their
 * role, and not for keys.
 */
export type RouteScope = Scope | 'public' | 'signed-in';
