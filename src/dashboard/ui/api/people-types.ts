import type { Role, Scope } from './session-types.ts';

/** The shapes of keys, people and the audit log; test/unit/dashboard/admin-types.test.ts compares them with the server's. */
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

export interface Token {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly deviceIds: readonly string[] | null;
  readonly status: 'active' | 'expired' | 'revoked';
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}

/** The answer that makes a key, the only one that has it. */
export interface IssuedToken extends Token {
  readonly token: string;
}

export const ROLES = ['admin', 'operator', 'viewer'] as const;

export interface Person {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly status: 'active' | 'disabled';
  readonly deviceIds: readonly string[] | null;
  readonly locale: 'en' | 'id' | null;
  readonly lastSignInAt: string | null;
  readonly createdAt: string;
}

export interface AuditEntry {
  readonly auditId: string;
  readonly at: string;
  readonly actor: {
    readonly kind: 'user' | 'key' | 'anonymous';
    readonly id: string | null;
    readonly name: string | null;
  };
  /** The operationId of a route. */
  readonly action: string;
  readonly target: string | null;
  readonly status: number;
  readonly ip: string;
  readonly requestId: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** A list that is answered whole. */
export interface Whole<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}
