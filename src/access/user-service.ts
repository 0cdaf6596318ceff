import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import { weaknessOf } from './password.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { normaliseEmail, type User, type UserChanges } from './user.ts';
import type { UserRepository } from './user-repository.ts';
import type { UserSessionService } from './user-session-service.ts';

/** Who is to be made. */
export interface UserOrder extends Pick<User, 'name' | 'email' | 'role' | 'deviceIds' | 'locale'> {
  readonly password: string;
}

/** What an administrator changes about somebody; fields left out stay as they are. */
export type UserEdit = Partial<UserOrder & Pick<User, 'status'>>;

interface UserServiceDeps {
  readonly users: UserRepository;
  readonly sessions: Pick<UserSessionService, 'forgetUser' | 'endOthers'>;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly ids: Ids;
}

export type UserService = ReturnType<typeof createUserService>;

/** The people of this server. Whoever loses rights is signed out with the same write. */
export function createUserService({ users, sessions, hasher, clock, ids }: UserServiceDeps) {
  async function get(userId: string): Promise<User> {
    const user = await users.find(userId);
    if (!user) throw new AppError('USER_NOT_FOUND');
    return user;
  }

  async function compose({ password, ...order }: UserOrder): Promise<User> {
    const email = normaliseEmail(order.email);
    refuseContradiction(order);
    refuseWeak(password, { email, field: 'password' });
    return {
      ...order,
      email,
      userId: ids.next(),
      status: 'active',
      passwordHash: await hasher.hash(password),
      lastSignInAt: null,
      createdAt: clock.now(),
    };
  }

  async function apply(userId: string, changes: UserChanges, endSessions: boolean): Promise<User> {
    const result = await users.change(userId, changes, { endSessions });
    if (result === 'email-taken') throw new AppError('USER_EXISTS');
    if (result === 'last-administrator') throw new AppError('LAST_ADMINISTRATOR');
    sessions.forgetUser(userId);
    return get(userId);
  }

  return {
    get,
    list: () => users.list(),
    count: () => users.count(),

    /** Throws AppError USER_NOT_FOUND. */
    async getByEmail(email: string): Promise<User> {
      const user = await users.findByEmail(normaliseEmail(email));
      if (!user) throw new AppError('USER_NOT_FOUND');
      return user;
    },

    /** Throws AppError USER_EXISTS, and VALIDATION_FAILED for a weak password. */
    async create(order: UserOrder): Promise<User> {
      const user = await compose(order);
      if (!(await users.add(user))) throw new AppError('USER_EXISTS');
      return user;
    },

    /** Makes somebody while there is nobody and the setting is there, which goes with it; null when it is too late. */
    async createFirst(order: UserOrder, setting: string): Promise<User | null> {
      // Whoever is made so is signed in with it.
      const user = { ...(await compose(order)), lastSignInAt: clock.now() };
      return (await users.addFirst(user, setting)) ? user : null;
    },

    /**
     * Ends the person's sessions when role, status, devices or password change. Throws AppError USER_NOT_FOUND,
     * USER_EXISTS, LAST_ADMINISTRATOR, and VALIDATION_FAILED for a weak password.
     */
    async change(userId: string, { password, ...edit }: UserEdit): Promise<User> {
      const before = await get(userId);
      const email = edit.email === undefined ? before.email : normaliseEmail(edit.email);
      const after = { ...before, ...edit, email };
      refuseContradiction(after);
      if (password !== undefined) refuseWeak(password, { email, field: 'password' });
      const hashed = password === undefined ? {} : { passwordHash: await hasher.hash(password) };
      const changes = { ...edit, ...(edit.email === undefined ? {} : { email }), ...hashed };
      return apply(userId, changes, password !== undefined || rightsOf(after) !== rightsOf(before));
    },

    /** A person's own change: the other sessions end. Throws VALIDATION_FAILED for a wrong or a weak password. */
    async changeOwnPassword(own: {
      readonly userId: string;
      readonly sessionId: string;
      readonly currentPassword: string;
      readonly newPassword: string;
    }): Promise<void> {
      const user = await get(own.userId);
      const isRight = await hasher.verify(user.passwordHash, own.currentPassword);
      if (!isRight) throw invalid('currentPassword', 'is not your password');
      refuseWeak(own.newPassword, { email: user.email, field: 'newPassword' });
      const passwordHash = await hasher.hash(own.newPassword);
      await users.change(own.userId, { passwordHash }, { endSessions: false });
      await sessions.endOthers(own.userId, own.sessionId);
    },

    /** Throws AppError USER_NOT_FOUND and LAST_ADMINISTRATOR. */
    async remove(userId: string): Promise<User> {
      const user = await get(userId);
      if ((await users.remove(userId)) === 'last-administrator') throw new AppError('LAST_ADMINISTRATOR');
      sessions.forgetUser(userId);
      return user;
    },
  };
}

/** What may be done; another text means other rights. */
function rightsOf({ role, status, deviceIds }: User): string {
  return JSON.stringify([role, status, deviceIds]);
}

function refuseWeak(password: string, { email, field }: { email: string; field: string }): void {
  const weakness = weaknessOf(password, { email });
  if (weakness !== null) throw invalid(field, weakness);
}

/** An administrator can make people and keys for every device, so a list of devices would only look like a limit. */
function refuseContradiction({ role, deviceIds }: Pick<User, 'role' | 'deviceIds'>): void {
  if (role !== 'admin' || deviceIds === null) return;
  throw invalid('deviceIds', 'an administrator cannot be limited to devices');
}

function invalid(field: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', { fields: [{ in: 'body', field, message }] });
}
