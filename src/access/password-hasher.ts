import argon2 from 'argon2';
import { AppError } from '../shared/errors.ts';
import { createTurnstile } from '../shared/turnstile.ts';

/** Makes and checks what is kept of passwords. Throws AppError OVERLOADED when too many wait. */
export interface PasswordHasher {
  /** Argon2id in PHC form, with a salt of its own. */
  hash(password: string): Promise<string>;
  /** `hash` null takes as long as any other and is false: nobody learns who exists from the time it takes. */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** Whether it was made with other costs than today's. */
  isOld(hash: string): boolean;
}

/** The second choice of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** At once: half of the threads Node has for this, so that files and look-ups go on, and 38 MiB at most. */
const AT_ONCE = 2;
/** More than this is no crowd of people. */
const MOST_WAITING = 50;
const RETRY_AFTER_SECONDS = 5;

/** Of a password that was thrown away. */
const NOBODYS =
  '$argon2id$v=19$m=19456,p=1,t=2$l2+LCv6e7LKSgEqzLxDcfg$zmk/bk69+/szHdoEB0S9xRY8K7vwKTkTilijp0XEg+0';

export function createPasswordHasher(): PasswordHasher {
  const turnstile = createTurnstile(AT_ONCE);
  let inside = 0;
  const pass = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (inside >= MOST_WAITING) throw new AppError('OVERLOADED', { retryAfter: RETRY_AFTER_SECONDS });
    inside += 1;
    try {
      return await turnstile.pass(work);
    } finally {
      inside -= 1;
    }
  };
  return {
    hash: (password) => pass(() => argon2.hash(plain(password), { ...COSTS, type: argon2.argon2id })),
    async verify(hash, password) {
      const isRight = await pass(() => argon2.verify(hash ?? NOBODYS, plain(password)));
      return isRight && hash !== null;
    },
    isOld: (hash) => argon2.needsRehash(hash, COSTS),
  };
}

/** Keyboards differ in how they write an accent. */
function plain(password: string): string {
  return password.normalize('NFC');
}
