import { createHash } from 'node:crypto';
import { AppError } from '../shared/errors.ts';
import type { Random } from '../shared/random.ts';
import type { User } from './user.ts';
import type { UserOrder, UserService } from './user-service.ts';

/** Where the hash of the link's token is kept. */
const SETTING = 'people.setup';

/** The settings of the server, as far as the link needs them. */
export interface SetupSettings {
  find(name: string): Promise<unknown>;
  set(name: string, value: { readonly tokenHash: string }): Promise<void>;
}

interface SetupLinkDeps {
  readonly users: Pick<UserService, 'count' | 'createFirst'>;
  readonly settings: SetupSettings;
  readonly random: Random;
}

export type SetupLink = ReturnType<typeof createSetupLink>;

/** The one way in while there is nobody: whoever sees the terminal of the server becomes the first administrator. */
export function createSetupLink({ users, settings, random }: SetupLinkDeps) {
  return {
    /** Makes the token of a new link, and those before it worthless; null when there is somebody already. */
    async renew(): Promise<string | null> {
      if ((await users.count()) > 0) return null;
      const token = random.bytes(32).toString('base64url');
      await settings.set(SETTING, { tokenHash: hashOf(token) });
      return token;
    },

    /** Makes the first administrator, once. Throws AppError SETUP_LINK_EXPIRED, and VALIDATION_FAILED for the password. */
    async redeem(
      token: string,
      order: Pick<UserOrder, 'name' | 'email' | 'password' | 'locale'>,
    ): Promise<User> {
      const stored = await settings.find(SETTING);
      // Hashes are compared, so the time it takes tells nothing about the token.
      if (!isHash(stored) || stored.tokenHash !== hashOf(token)) throw new AppError('SETUP_LINK_EXPIRED');
      const user = await users.createFirst({ ...order, role: 'admin', deviceIds: null }, SETTING);
      if (!user) throw new AppError('SETUP_LINK_EXPIRED');
      return user;
    },
  };
}

function isHash(stored: unknown): stored is { readonly tokenHash: string } {
  return typeof stored === 'object' && stored !== null && 'tokenHash' in stored;
}

function hashOf(token: string): string {
  return createHash('sha256').update(`set-up ${token}`).digest('hex');
}
