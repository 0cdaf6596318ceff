/**
 * Why stored auth state cannot be used. `missing`: no row. `unreadable`: the database failed or the row is damaged.
 * `undecryptable`: the key is wrong or the bytes were changed. `fenced`: another process owns the device now.
 */
export type AuthStateProblem = 'missing' | 'unreadable' | 'undecryptable' | 'fenced';

/** Only a device that never had credentials may go on after `missing`; all other problems stop the device. */
export class AuthStateError extends Error {
  override readonly name = 'AuthStateError';
  readonly problem: AuthStateProblem;

  constructor(problem: AuthStateProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
