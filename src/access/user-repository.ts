import { parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import { dialectOf } from '../database/dialect.ts';
import { FencedError } from '../shared/errors.ts';
import type { User, UserChanges } from './user.ts';

/** What came of a change: `last-administrator` when nobody would be left who may undo it; then nothing is changed. */
export type UserChangeResult = 'done' | 'email-taken' | 'last-administrator';

/** Where people are kept. Methods throw what Database throws. */
export interface UserRepository {
  find(userId: string): Promise<User | null>;
  /** By the normalised address. */
  findByEmail(email: string): Promise<User | null>;
  /** Everybody, in the order they were made. */
  list(): Promise<User[]>;
  count(): Promise<number>;
  /** False when somebody has this address already; then nothing is changed. */
  add(user: User): Promise<boolean>;
  /** Makes the first person and takes the setting away, if it is still there and there is nobody yet; else false. */
  addFirst(user: User, setting: string): Promise<boolean>;
  /** With `endSessions` the person is signed out in the same transaction. */
  change(
    userId: string,
    changes: UserChanges,
    options: { readonly endSessions: boolean },
  ): Promise<UserChangeResult>;
  /** The same password with another hash; false when the person has another one by now. */
  rehash(userId: string, hashes: { readonly from: string; readonly to: string }): Promise<boolean>;
  /** Notes a sign-in; not a change of the person. */
  noteSignIn(userId: string, at: Date): Promise<void>;
  /** With all sessions. */
  remove(userId: string): Promise<Exclude<UserChangeResult, 'email-taken'>>;
}

interface UserRow {
  readonly user_id: string;
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

export function createUserRepository({ database }: { database: Database }): UserRepository {
  const { now } = dialectOf(database.dialect);
  const select = async (rest: string, params: readonly SqlValue[]): Promise<User[]> => {
    const rows = await database.query<UserRow>({ text: `select * from user_account ${rest}`, params });
    return rows.map(toUser);
  };
  const guarded = async (
    guard: Statement | undefined,
    statements: readonly Statement[],
  ): Promise<boolean> => {
    try {
      await database.writeAtomically({ guard, statements });
      return true;
    } catch (error) {
      if (error instanceof FencedError) return false;
      throw error;
    }
  };
  return {
    find: async (userId) => (await select('where user_id = ?', [userId]))[0] ?? null,
    findByEmail: async (email) => (await select('where email = ?', [email]))[0] ?? null,
    list: () => select('order by user_id', []),
    async count() {
      const text = 'select count(*) as total from user_account';
      const [row] = await database.query<{ total: number }>({ text, params: [] });
      return Number(row?.total ?? 0);
    },
    add: (user) => orDuplicate(() => database.run(insertion(user, now)).then(() => true), false),
    addFirst(user, setting) {
      const guard = {
        text: 'select name from setting where name = ? and not exists (select 1 from user_account)',
        params: [setting],
      };
      const used = { text: 'delete from setting where name = ?', params: [setting] };
      return guarded(guard, [insertion(user, now), used]);
    },
    change(userId, changes, { endSessions }) {
      const columns = columnsOf(changes);
      const update = {
        text: `update user_account set ${columns.map(([name]) => `${name} = ?, `).join('')}updated_at = ${now}
          where user_id = ?`,
        params: [...columns.map(([, value]) => value), userId],
      };
      const statements = endSessions ? [update, sessionsOf(userId)] : [update];
      const guard = leavesRights(changes) ? undefined : someAdministratorBeside(userId);
      const write = async (): Promise<UserChangeResult> =>
        (await guarded(guard, statements)) ? 'done' : 'last-administrator';
      return orDuplicate(write, 'email-taken');
    },
    async rehash(userId, { from, to }) {
      const text = 'update user_account set password_hash = ? where user_id = ? and password_hash = ?';
      return (await database.run({ text, params: [to, userId, from] })).changes === 1;
    },
    async noteSignIn(userId, at) {
      const text = 'update user_account set last_sign_in_at = ? where user_id = ?';
      await database.run({ text, params: [at, userId] });
    },
    async remove(userId) {
      const person = { text: 'delete from user_account where user_id = ?', params: [userId] };
      const isDone = await guarded(someAdministratorBeside(userId), [person, sessionsOf(userId)]);
      return isDone ? 'done' : 'last-administrator';
    },
  };
}

/** Whether the change leaves an administrator's rights alone. */
function leavesRights({ role = 'admin', status = 'active' }: UserChanges): boolean {
  return role === 'admin' && status === 'active';
}

/** Finds a row when the server can do without this person: it is no active administrator, or there is another. */
function someAdministratorBeside(userId: string): Statement {
  return {
    text: `select user_id from user_account where (user_id = ? and not (role = 'admin' and status = 'active'))
      or (user_id <> ? and role = 'admin' and status = 'active')`,
    params: [userId, userId],
  };
}

function sessionsOf(userId: string): Statement {
  return { text: 'delete from user_session where user_id = ?', params: [userId] };
}

function insertion(user: User, now: string): Statement {
  const columns: [string, SqlValue][] = [
    ['user_id', user.userId],
    ['created_at', user.createdAt],
    ...columnsOf(user),
  ];
  return {
    text: `insert into user_account (${columns.map(([name]) => name).join(', ')}, updated_at)
      values (${columns.map(() => '?').join(', ')}, ${now})`,
    params: columns.map(([, value]) => value),
  };
}

function columnsOf(changes: UserChanges): [string, SqlValue][] {
  const { deviceIds } = changes;
  const all: [string, SqlValue | undefined][] = [
    ['email', changes.email],
    ['name', changes.name],
    ['role', changes.role],
    ['status', changes.status],
    ['device_ids', deviceIds === undefined || deviceIds === null ? deviceIds : JSON.stringify(deviceIds)],
    ['locale', changes.locale],
    ['password_hash', changes.passwordHash],
    ['last_sign_in_at', changes.lastSignInAt],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

async function orDuplicate<Result>(write: () => Promise<Result>, duplicate: Result): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof DuplicateKeyError) return duplicate;
    throw error;
  }
}

function toUser(row: UserRow): User {
  return {
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
  };
}
