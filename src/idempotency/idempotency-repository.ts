import { clip } from '../database/columns.ts';
import type { Database, Statement } from '../database/database.ts';
import type { RequestIdentity } from '../http/idempotency.ts';

/** A request that was accepted under a key. */
export interface IdempotencyRecord {
  readonly digest: string;
  /** The HTTP status that was answered; null while the answer is not known. */
  readonly status: number | null;
  /** JSON: the plan of the work while `status` is null, then the answer. */
  readonly content: string;
}

export interface IdempotencyRepository {
  /** What is known under the key. What expired is removed and counts as unknown. */
  find(identity: RequestIdentity, now: Date): Promise<IdempotencyRecord | null>;
  /** The statement that takes the key; the transaction it is part of throws DuplicateKeyError when it is taken. */
  take(identity: RequestIdentity, taken: Taken): Statement;
  /** Keeps the answer; false when another one is kept already, or the key expired. */
  keep(
    identity: RequestIdentity,
    answer: { readonly status: number; readonly content: string },
  ): Promise<boolean>;
  /** Removes what expired; resolves with how many those were. */
  purge(now: Date): Promise<number>;
}

interface Taken {
  readonly plan: string;
  readonly resourceId: string;
  readonly at: Date;
  readonly expiresAt: Date;
}

interface Row {
  readonly request_hash: string;
  readonly status_code: number | null;
  readonly response: string;
  readonly expires_at: Date;
}

/** Methods throw what Database throws. */
export function createIdempotencyRepository({ database }: { database: Database }): IdempotencyRepository {
  return {
    async find({ owner, key }, now) {
      const [row] = await database.query<Row>({
        text: `select request_hash, status_code, response, expires_at from idempotency
          where owner = ? and idem_key = ?`,
        params: [owner, key],
      });
      if (!row) return null;
      if (row.expires_at > now) {
        return { digest: row.request_hash, status: row.status_code, content: row.response };
      }
      await database.run({
        text: 'delete from idempotency where owner = ? and idem_key = ? and expires_at <= ?',
        params: [owner, key, now],
      });
      return null;
    },
    take: ({ owner, key, route, digest }, { plan, resourceId, at, expiresAt }) => ({
      text: `insert into idempotency
        (owner, idem_key, request_hash, route, resource_id, response, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [owner, key, digest, clip(route, 100), resourceId, plan, at, expiresAt],
    }),
    async keep({ owner, key }, { status, content }) {
      const { changes } = await database.run({
        text: `update idempotency set status_code = ?, response = ?
          where owner = ? and idem_key = ? and status_code is null`,
        params: [status, content, owner, key],
      });
      return changes > 0;
    },
    async purge(now) {
      const { changes } = await database.run({
        text: 'delete from idempotency where expires_at <= ?',
        params: [now],
      });
      return changes;
    },
  };
}
