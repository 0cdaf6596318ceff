import { parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import { FencedError } from '../shared/errors.ts';
import type { User } from './user.ts';
import { IDLE_MS, type SignedIn, type UserSession } from './user-session.ts';

/** Where sessions are kept. Methods throw what Database throws. */
export interface UserSessionRepository {
  /** By the hash of what the cookie holds; with the person, whether it is still good or not. */
  find(tokenHash: string): Promise<SignedIn | null>;
  /**
   * Beyond `most` sessions of this person the oldest end. False when the person is not active any more, or has another password
   * by now than the one that opened it: then there is none.
   */
  add(
    session: UserSession,
    proof: { readonly passwordHash: string; readonly most: number },
  ): Promise<boolean>;
  touch(sessionId: string, at: Date): Promise<void>;
  remove(sessionId: string): Promise<void>;
  /** All of a person's but one. */
  removeOthers(userId: string, keptId: string): Promise<void>;
  /** Those of these that are still good. */
  aliveOf(sessionIds: readonly string[], now: Date): Promise<readonly string[]>;
  /** Removes at most `most` that ended by time; resolves with how many those were. */
  purge(now: Date, most: number): Promise<number>;
}

interface Row {
  readonly session_id: string;
  readonly user_id: string;
  readonly token_hash: string;
  readonly session_created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly email: string;
  readonly name: string;
  readonly role: User['role'];
  readonly status: User['status'];
  readonly device_ids: unknown;
  readonly locale: User['locale'];
  readonly password_hash: string;
  readonly last_sign_in_at: Date | null;
  readonly created_at: Date;
}

export function createUserSessionRepository({ database }: { database: Database }): UserSessionRepository {
  const run = async (text: string, params: readonly SqlValue[]): Promise<number> =>
    (await database.run({ text, params })).changes;
  const idsOf = async (text: string, params: readonly SqlValue[]): Promise<string[]> => {
    const rows = await database.query<Pick<Row, 'session_id'>>({ text, params });
    return rows.map(({ session_id }) => session_id);
  };
  const removeAll = (ids: readonly string[]) =>
    run(`delete from user_session where session_id in (${ids.map(() => '?').join(', ')})`, ids);

  return {
    async find(tokenHash) {
      const [row] = await database.query<Row>({
        text: `select s.session_id, s.user_id, s.token_hash, s.created_at as session_created_at, s.last_seen_at,
          s.expires_at, u.email, u.name, u.role, u.status, u.device_ids, u.locale, u.password_hash,
          u.last_sign_in_at, u.created_at
          from user_session s join user_account u on u.user_id = s.user_id where s.token_hash = ?`,
        params: [tokenHash],
      });
      return row ? toSignedIn(row) : null;
    },
    async add(session, { passwordHash, most }) {
      const { userId } = session;
      try {
        await database.writeAtomically({
          guard: {
            text: "select user_id from user_account where user_id = ? and password_hash = ? and status = 'active'",
            params: [userId, passwordHash],
          },
          statements: [insertion(session)],
        });
      } catch (error) {
        if (error instanceof FencedError) return false;
        throw error;
      }
      const ids = await idsOf(
        'select session_id from user_session where user_id = ? order by session_id desc',
        [userId],
      );
      const surplus = ids.slice(most);
      if (surplus.length > 0) await removeAll(surplus);
      return true;
    },
    async touch(sessionId, at) {
      await run('update user_session set last_seen_at = ? where session_id = ?', [at, sessionId]);
    },
    async remove(sessionId) {
      await run('delete from user_session where session_id = ?', [sessionId]);
    },
    async removeOthers(userId, keptId) {
      await run('delete from user_session where user_id = ? and session_id <> ?', [userId, keptId]);
    },
    async aliveOf(sessionIds, now) {
      if (sessionIds.length === 0) return [];
      return idsOf(
        `select s.session_id from user_session s join user_account u on u.user_id = s.user_id
          where u.status = 'active' and s.expires_at > ? and s.last_seen_at > ?
          and s.session_id in (${sessionIds.map(() => '?').join(', ')})`,
        [now, new Date(now.getTime() - IDLE_MS), ...sessionIds],
      );
    },
    async purge(now, most) {
      const ids = await idsOf('select session_id from user_session where expires_at <= ? limit ?', [
        now,
        most,
      ]);
      return ids.length === 0 ? 0 : removeAll(ids);
    },
  };
}

function insertion(session: UserSession): Statement {
  const { sessionId, userId, tokenHash, createdAt, lastSeenAt, expiresAt } = session;
  return {
    text: `insert into user_session (session_id, user_id, token_hash, created_at, last_seen_at, expires_at)
      values (?, ?, ?, ?, ?, ?)`,
    params: [sessionId, userId, tokenHash, createdAt, lastSeenAt, expiresAt],
  };
}

function toSignedIn(row: Row): SignedIn {
  return {
    session: {
      sessionId: row.session_id,
      userId: row.user_id,
      tokenHash: row.token_hash,
      createdAt: row.session_created_at,
      lastSeenAt: row.last_seen_at,
      expiresAt: row.expires_at,
    },
    user: {
      userId: row.user_id,
      email: row.email,
      name: row.name,
      role: row.role,
      status: row.status,
      deviceIds: parseJsonColumn(row.device_ids) as User['deviceIds'],
      locale: row.locale,
      passwordHash: row.password_hash,
      lastSignInAt: row.last_sign_in_at,
      createdAt: row.created_at,
    },
  };
}
