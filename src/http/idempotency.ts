import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Statement } from '../database/database.ts';
import type { AppError } from '../shared/errors.ts';
import { ok, type Success } from './envelope.ts';
import { requestDigest } from './request-digest.ts';

/** What makes two requests the same one: who asks under which key, and what is asked for. */
export interface RequestIdentity {
  /** The API key, or the person who signed in. */
  readonly owner: string;
  readonly key: string;
  readonly route: string;
  readonly digest: string;
}

/** Statements that note the request as accepted; written in the same transaction as what it makes. */
export type Beside<Plan> = (plan: Plan, resourceId: string) => readonly Statement[];

/**
 * A request in two steps, so that a crash between them is mended: `accept` makes rows, once; `answer` reads from them what
 * to tell, as often as somebody asks. A plan goes through JSON.
 */
export interface AcceptedWork<Plan, Answer> {
  /** Stores everything together with `beside(plan, resourceId)`; when it throws, nothing is stored. */
  accept(beside: Beside<Plan>): Promise<Plan>;
  answer(plan: Plan): Promise<Answer>;
  /** Both steps, where that is less work; for requests without a key, which nobody asks for twice. */
  atOnce?(): Promise<Answer>;
}

/** How a request went; `replayed` when an earlier or parallel one with the same key did the work. */
export type Outcome<Answer> = { readonly replayed: boolean } & (
  | { readonly answer: Answer }
  | { readonly failure: AppError }
);

/** Does the work of a request at most once; src/idempotency has it. */
export interface Idempotency {
  /** Without an identity the work is simply done. Throws IDEMPOTENCY_MISMATCH, and what `accept` throws. */
  run<Plan, Answer extends KeptAnswer>(
    identity: RequestIdentity | null,
    work: AcceptedWork<Plan, Answer>,
  ): Promise<Outcome<Answer>>;
}

/** An answer as it is kept for 24 hours. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a sending route tells its caller. */
export interface Told<Data, Status extends number = 200 | 202> {
  readonly status: Status;
  readonly data: Data;
  readonly message: string;
}

/** The headers of every route that sends; add them to its schema. */
export const SendingHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, '1 to 255 printable characters')
    .optional()
    .describe('Same key, same body: the first answer again, nothing sent twice. Kept for 24 hours.'),
});

/** Answers a request that sends: the work is done once for each Idempotency-Key, the answer comes as often as asked. */
export async function answerOnce<Plan, Data, Status extends number>(
  { request, reply, idempotency, repeatKey }: Exchange,
  work: AcceptedWork<Plan, Told<Data, Status>>,
): Promise<{ status: Status; body: Success<Data> }> {
  const inEnvelope = async (telling: Promise<Told<Data, Status>>) => {
    const { status, data, message } = await telling;
    return { status, body: ok(request, data, message) };
  };
  const { atOnce } = work;
  const outcome = await idempotency.run(identityOf(request, repeatKey), {
    accept: work.accept,
    answer: (plan: Plan) => inEnvelope(work.answer(plan)),
    ...(atOnce && { atOnce: () => inEnvelope(atOnce()) }),
  });
  if (outcome.replayed) reply.header('idempotency-replayed', 'true');
  if ('failure' in outcome) throw outcome.failure;
  return outcome.answer;
}

/** A request that sends, and its answer. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: Pick<FastifyReply, 'header'>;
  readonly idempotency: Idempotency;
  /** Stands for the header where callers say in another way which requests are the same; the header wins. */
  readonly repeatKey?: string | undefined;
}

/** What a request is known by; null without a key. */
export function identityOf(request: FastifyRequest, repeatKey?: string): RequestIdentity | null {
  const key = request.headers['idempotency-key'] ?? repeatKey;
  const { callerId } = request.access;
  if (typeof key !== 'string' || callerId === null) return null;
  const { method, params, query, body } = request;
  const route = request.routeOptions.url ?? '';
  return {
    owner: callerId,
    key,
    route: `${method} ${route}`,
    digest: requestDigest({ method, route, params, query, body }),
  };
}
