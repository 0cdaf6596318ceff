import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';

/** Slows down whoever guesses passwords. In memory: each process counts for itself. */
export interface SignInThrottle {
  /** Counts one attempt; throws RATE_LIMITED with `retryAfter` (seconds) when there were too many. */
  take(attempt: Attempt): void;
  /** The attempt was right: it does not count, and those before it at this account do not either. */
  forgive(attempt: Attempt): void;
}

/** Who is said to sign in, and from where. */
interface Attempt {
  readonly account: string;
  readonly address: string;
}

const WINDOW_MS = 15 * 60_000;
/** Attempts within the window. */
const MOST_OF_ACCOUNT_AND_ADDRESS = 10;
const MOST_OF_ADDRESS = 50;
/** Counters kept; beyond them the oldest are forgotten. */
const CAPACITY = 20_000;

interface Counter {
  count: number;
  readonly since: number;
}

export function createSignInThrottle({ clock }: { clock: Clock }): SignInThrottle {
  const counters = new Map<string, Counter>();

  function counterOf(name: string): Counter {
    const known = counters.get(name);
    if (known && clock.monotonic() - known.since < WINDOW_MS) return known;
    counters.delete(name);
    const [oldest] = counters.keys();
    if (counters.size >= CAPACITY && oldest !== undefined) counters.delete(oldest);
    const counter = { count: 0, since: clock.monotonic() };
    counters.set(name, counter);
    return counter;
  }

  const limitsOf = ({ account, address }: Attempt) => [
    { name: `address ${address}`, most: MOST_OF_ADDRESS },
    { name: `account ${address} ${account}`, most: MOST_OF_ACCOUNT_AND_ADDRESS },
  ];

  return {
    take(attempt) {
      const taken: Counter[] = [];
      // The address comes first: whoever is turned away there makes no counter, so that names alone push out nobody's.
      for (const { name, most } of limitsOf(attempt)) {
        const counter = counterOf(name);
        if (counter.count >= most) {
          const retryAfter = Math.ceil((counter.since + WINDOW_MS - clock.monotonic()) / 1_000);
          throw new AppError('RATE_LIMITED', { retryAfter });
        }
        taken.push(counter);
      }
      for (const counter of taken) counter.count += 1;
    },
    forgive(attempt) {
      const [address, account] = limitsOf(attempt);
      if (account) counters.delete(account.name);
      const counter = address && counters.get(address.name);
      if (counter && counter.count > 0) counter.count -= 1;
    },
  };
}
