import { DuplicateKeyError } from '../database/database-error.ts';
import type { AcceptedWork, Idempotency, KeptAnswer, Outcome, RequestIdentity } from '../http/idempotency.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError, type ErrorCode } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { IdempotencyRecord, IdempotencyRepository } from './idempotency-repository.ts';

interface IdempotencyDeps {
  records: Omit<IdempotencyRepository, 'purge'>;
  clock: Clock;
  log: Logger;
}

/** How long a key is remembered. */
const KEPT_MS = 24 * 60 * 60_000;

/** A failure as it is kept. */
interface KeptFailure {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;
}

/** What one request came to; what `run` calls `replayed` is for it to say. */
type Result<Answer> = { readonly answer: Answer } | { readonly failure: AppError };

/**
 * A key is taken in the transaction that makes the rows, so a request that failed before it made any leaves the key free.
 * After a crash between the rows and the answer, the next request with the key reads the answer from the rows.
 */
export function createIdempotencyService({ records, clock, log }: IdempotencyDeps): Idempotency {
  // Requests of this process wait for each other here; those of other processes meet in the database.
  const underWay = new Map<string, { digest: string; ended: Promise<void> }>();

  async function doOnce<Plan, Answer extends KeptAnswer>(
    identity: RequestIdentity,
    work: AcceptedWork<Plan, Answer>,
  ): Promise<Outcome<Answer>> {
    const known = await records.find(identity, clock.now());
    if (known) return repeat(identity, known, work);
    const at = clock.now();
    const expiresAt = new Date(at.getTime() + KEPT_MS);
    let plan: Plan;
    try {
      plan = await work.accept((made, resourceId) => [
        records.take(identity, { plan: JSON.stringify(made), resourceId, at, expiresAt }),
      ]);
    } catch (error) {
      const winner = error instanceof DuplicateKeyError ? await records.find(identity, clock.now()) : null;
      if (winner) return repeat(identity, winner, work);
      throw error;
    }
    return { ...(await settle(identity, plan, work)), replayed: false };
  }

  async function repeat<Plan, Answer extends KeptAnswer>(
    identity: RequestIdentity,
    known: IdempotencyRecord,
    work: AcceptedWork<Plan, Answer>,
  ): Promise<Outcome<Answer>> {
    if (known.digest !== identity.digest) throw new AppError('IDEMPOTENCY_MISMATCH');
    if (known.status !== null) return { ...readKept<Answer>(known.status, known.content), replayed: true };
    const plan: Plan = JSON.parse(known.content);
    return { ...(await settle(identity, plan, work)), replayed: true };
  }

  /** Finds the answer and keeps it; when two processes do so at once, both tell what was kept first. */
  async function settle<Plan, Answer extends KeptAnswer>(
    identity: RequestIdentity,
    plan: Plan,
    work: AcceptedWork<Plan, Answer>,
  ): Promise<Result<Answer>> {
    const result = await resultOf(work.answer(plan));
    try {
      if (await records.keep(identity, toKept(result))) return result;
      const first = await records.find(identity, clock.now());
      if (first && first.status !== null) return readKept(first.status, first.content);
    } catch (error) {
      log.warn({ route: identity.route, err: error }, 'the answer to an idempotent request was not kept');
    }
    return result;
  }

  return {
    async run<Plan, Answer extends KeptAnswer>(
      identity: RequestIdentity | null,
      work: AcceptedWork<Plan, Answer>,
    ): Promise<Outcome<Answer>> {
      if (identity === null) {
        const answer = work.atOnce ? work.atOnce() : work.answer(await work.accept(() => []));
        return { ...(await resultOf(answer)), replayed: false };
      }
      const name = `${identity.owner} ${identity.key}`;
      for (let other = underWay.get(name); other; other = underWay.get(name)) {
        if (other.digest !== identity.digest) throw new AppError('IDEMPOTENCY_MISMATCH');
        await other.ended;
      }
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      underWay.set(name, { digest: identity.digest, ended });
      try {
        return await doOnce(identity, work);
      } finally {
        underWay.delete(name);
        end();
      }
    },
  };
}

/** A refusal that would be the same again is an answer too; what may pass (a database away) is not. */
async function resultOf<Answer>(answering: Promise<Answer>): Promise<Result<Answer>> {
  try {
    return { answer: await answering };
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return { failure: error };
    throw error;
  }
}

function toKept(result: Result<KeptAnswer>): { status: number; content: string } {
  if ('answer' in result) return { status: result.answer.status, content: JSON.stringify(result.answer) };
  const { code, status, details } = result.failure;
  return { status, content: JSON.stringify({ code, details } satisfies KeptFailure) };
}

function readKept<Answer extends KeptAnswer>(status: number, content: string): Result<Answer> {
  if (status < 400) {
    const answer: Answer = JSON.parse(content);
    return { answer };
  }
  const { code, details }: KeptFailure = JSON.parse(content);
  return { failure: new AppError(code, details) };
}
