import type { Scope } from '../http/scopes.ts';

/** What a person is to this server; each role is a set of scopes. */
export const ROLES = ['admin', 'operator', 'viewer'] as const;
export type UserRole = (typeof ROLES)[number];

/** Languages the pages speak. */
export const LOCALES = ['en', 'id'] as const;
export type UserLocale = (typeof LOCALES)[number];

/** Somebody who signs in with e-mail and password. */
export interface User {
  /** ULID. */
  readonly userId: string;
  /** As `normaliseEmail` gives it; unique. */
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  /** Somebody disabled can neither sign in nor go on. */
  readonly status: 'active' | 'disabled';
  /** The only devices the person may touch; null means every device. */
  readonly deviceIds: readonly string[] | null;
  readonly locale: UserLocale | null;
  /** Argon2id in PHC form; see password-hasher.ts. */
  readonly passwordHash: string;
  readonly lastSignInAt: Date | null;
  readonly createdAt: Date;
}

/** What may change about somebody; fields left out stay as they are. */
export type UserChanges = Partial<Omit<User, 'userId' | 'createdAt'>>;

const SCOPES_OF: Readonly<Record<UserRole, readonly Scope[]>> = {
  admin: ['admin'],
  operator: [
    'device:read',
    'device:link',
    'device:manage',
    'message:read',
    'message:send',
    'group:manage',
    'report:read',
    'webhook:manage',
  ],
  viewer: ['device:read', 'message:read', 'report:read'],
};

export function scopesOf(role: UserRole): readonly Scope[] {
  return SCOPES_OF[role];
}

/** One person, one spelling: two addresses that differ in case alone are the same on both databases. */
export function normaliseEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
