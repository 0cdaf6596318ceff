import type { Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { NewOutboxMessage, QueuedMessage } from './outbox-message.ts';
import type { OutboxRepository } from './outbox-repository.ts';
import type { Reservation } from './runner-steps.ts';

interface BeginDeps {
  /** See OutboxRunner. */
  reserve(message: QueuedMessage): Reservation | null;
  readonly repository: Pick<OutboxRepository, 'addClaimed'>;
  readonly now: Date;
}

/**
 * Stores a message as claimed already when its device has nothing else to do, which saves the claim; then it is sent.
 * False: nothing is stored, it has to take the usual way. Throws what `addClaimed` throws.
 */
export async function beginAtOnce(
  { message, beside }: { message: NewOutboxMessage; beside: readonly Statement[] },
  { reserve, repository, now }: BeginDeps,
): Promise<boolean> {
  const { jobId, dueAt, expiresAt } = message;
  if (jobId !== undefined || dueAt > now || (expiresAt && expiresAt <= now)) return false;
  const turn = reserve({ ...message, attempts: 0, error: null });
  if (!turn) return false;
  try {
    const { epoch, lane } = turn;
    const isStored = await repository.addClaimed(message, { epoch, lane, at: now }, beside);
    turn.end(isStored ? 'begun' : 'absent');
    return isStored;
  } catch (error) {
    turn.end(error instanceof DuplicateKeyError ? 'absent' : 'unknown');
    throw error;
  }
}
