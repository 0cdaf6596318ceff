import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';
import { normaliseEmail, type User } from './user.ts';
import type { UserRepository } from './user-repository.ts';

interface SignInDeps {
  readonly users: Pick<UserRepository, 'findByEmail' | 'rehash' | 'noteSignIn'>;
  readonly hasher: PasswordHasher;
  readonly throttle: SignInThrottle;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What somebody types, and from where: an address, or the network of an IPv6 one. */
export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  readonly address: string;
  /** Told whose account is meant, when there is one; before the password is checked. */
  readonly onAccount?: (userId: string) => void;
}

export type SignInService = ReturnType<typeof createSignInService>;

export function createSignInService({ users, hasher, throttle, clock, log }: SignInDeps) {
  /** What was promised of costs may have grown since the password was set, and only now is it known. */
  async function note(user: User, password: string): Promise<User> {
    await users.noteSignIn(user.userId, clock.now());
    if (!hasher.isOld(user.passwordHash)) return user;
    const passwordHash = await hasher.hash(password);
    const isDone = await users.rehash(user.userId, { from: user.passwordHash, to: passwordHash });
    return isDone ? { ...user, passwordHash } : user;
  }

  return {
    /**
     * Whose e-mail and password these are. Throws AppError LOGIN_FAILED, alike and after the same time for a wrong
     * password, somebody disabled and nobody at all; RATE_LIMITED after too many; OVERLOADED.
     */
    async signIn({ email, password, address, onAccount = () => {} }: SignInAttempt): Promise<User> {
      const account = normaliseEmail(email);
      throttle.take({ account, address });
      const user = await users.findByEmail(account);
      if (user) onAccount(user.userId);
      const isRight = await hasher.verify(user?.passwordHash ?? null, password);
      if (!user || !isRight || user.status !== 'active') throw new AppError('LOGIN_FAILED');
      throttle.forgive({ account, address });
      return note(user, password).catch((error: unknown) => {
        log.warn({ userId: user.userId, err: error }, 'a sign-in was not noted');
        return user;
      });
    },

    /** The same limit for whoever holds a session and guesses its password. */
    guardPassword: (userId: string, address: string) => ({
      take: () => throttle.take({ account: userId, address }),
      forgive: () => throttle.forgive({ account: userId, address }),
    }),
  };
}
