import type { Scope } from '../http/scopes.ts';

/** A key as we keep it: everything but the secret itself. */
export interface ApiKey {
  /** ULID; part of the key the caller holds. */
  readonly id: string;
  readonly name: string;
  /** HMAC-SHA-256 of the whole key, 64 hex digits. */
  readonly secretHash: string;
  readonly scopes: readonly Scope[];
  /** The only devices the key may touch; null means every device. */
  readonly deviceIds: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

/** What may change about a key; fields left out stay as they are. */
export type ApiKeyChanges = Partial<Omit<ApiKey, 'id' | 'createdAt'>>;

/** Where keys are kept. */
export interface ApiKeyRepository {
  find(id: string): Promise<ApiKey | null>;
  /** All keys, revoked ones too, oldest first. */
  list(): Promise<ApiKey[]>;
  /** False when a key with this id exists already; then nothing is changed. */
  add(key: ApiKey): Promise<boolean>;
  /** False when no key has this id. */
  update(id: string, changes: ApiKeyChanges): Promise<boolean>;
}

/** Neither revoked nor expired. */
export function isUsable(key: ApiKey, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}
