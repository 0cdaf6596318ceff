import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AppError, ERROR_CATALOGUE, type ErrorCode, FencedError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { failure } from './envelope.ts';

/** How a thrown thing is told to the caller. */
export interface Answer {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly details?: Record<string, unknown>;
}

/** Seconds a caller waits before it tries again, when the error does not know better. */
const RETRY_AFTER_SECONDS = 5;

/** Answers every failure in the envelope; what nobody expected is logged whole and told as INTERNAL_ERROR only. */
export function createErrorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const answer = answerTo(error);
    if (answer.code === 'INTERNAL_ERROR') {
      log.error(
        { requestId: request.id, route: routeOf(request), err: error },
        'request failed unexpectedly',
      );
    }
    return sendFailure(request, reply, answer);
  };
}

/** Sends the failure with the status and headers its code asks for. */
export function sendFailure(request: FastifyRequest, reply: FastifyReply, answer: Answer) {
  const { status } = ERROR_CATALOGUE[answer.code];
  if ((status === 429 || status === 503) && !reply.hasHeader('retry-after')) {
    const { retryAfter } = answer.details ?? {};
    reply.header('retry-after', typeof retryAfter === 'number' ? Math.ceil(retryAfter) : RETRY_AFTER_SECONDS);
  }
  // A request that Fastify refuses before its hooks (a broken address) has no id on its answer yet.
  reply.header('x-request-id', request.id);
  if (request.headers.upgrade !== undefined) endAfterAnswer(request, reply);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="wafleet"');
  const told = failure(request.server.timestamp(), answer.code, answer);
  const { failureShape = () => told } = request.routeOptions.config;
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(failureShape(told, status));
}

/** Node hands the socket of an upgrade over for good, so a refused one would stay open for ever. */
function endAfterAnswer(request: FastifyRequest, reply: FastifyReply) {
  reply.raw.once('finish', () => request.raw.socket.destroySoon());
}

/** The pattern of the route (`/devices/:deviceId`), never the address with its ids and numbers. */
export function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? '(none)'}`;
}

function answerTo(error: unknown): Answer {
  if (error instanceof AppError) return { code: error.code, details: { ...error.details } };
  if (error instanceof FencedError) return { code: 'DEVICE_OWNED_ELSEWHERE' };
  if (hasZodFastifySchemaValidationErrors(error)) return validationAnswer(error);
  if (isDiskFull(error)) return { code: 'STORAGE_FULL' };
  const code = codeOf(error);
  if (!code?.startsWith('FST_')) return { code: 'INTERNAL_ERROR' };
  return BY_FASTIFY_CODE[code] ?? byStatus(error);
}

/** Fastify's own refusals, by their stable codes. */
const BY_FASTIFY_CODE: Record<string, Answer> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'MEDIA_TYPE_UNSUPPORTED',
    details: { supported: ['application/json'] },
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'MALFORMED_JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'MALFORMED_JSON' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'VALIDATION_FAILED',
    message: 'The body is shorter or longer than its Content-Length',
  },
  FST_ERR_BAD_URL: { code: 'VALIDATION_FAILED', message: 'The address is not a valid URL' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'VALIDATION_FAILED', message: 'A part of the path is too long' },
};

/** A refusal of Fastify that the table does not name keeps its meaning by its status. */
function byStatus(error: unknown): Answer {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  if (status === 404) return { code: 'ROUTE_NOT_FOUND' };
  if (status === 413) return { code: 'BODY_TOO_LARGE' };
  if (status === 415) return { code: 'MEDIA_TYPE_UNSUPPORTED' };
  if (status === 429) return { code: 'RATE_LIMITED' };
  if (status === 503) return { code: 'OVERLOADED' };
  if (typeof status === 'number' && status >= 400 && status < 500) return { code: 'VALIDATION_FAILED' };
  return { code: 'INTERNAL_ERROR' };
}

const PLACES: Record<string, string> = {
  querystring: 'query',
  params: 'path',
  headers: 'header',
  body: 'body',
};

/** Names each wrong field and what is expected of it; the caller's values are not repeated. */
function validationAnswer(
  error: Omit<FastifyError, 'validation'> & {
    validation: readonly { instancePath: string; message?: string }[];
  },
): Answer {
  const place = PLACES[error.validationContext ?? 'body'] ?? 'body';
  const all = error.validation.map(({ instancePath, message }) => ({
    in: place,
    field: instancePath.slice(1).replaceAll('/', '.'),
    message: message ?? 'invalid',
  }));
  // A schema made of two tells twice that a body is no object.
  const fields = [...new Map(all.map((each) => [`${each.field}: ${each.message}`, each])).values()];
  const [first] = fields;
  if (!first) return { code: 'VALIDATION_FAILED' };
  const name = first.field === '' ? first.in : `${first.in}.${first.field}`;
  return {
    code: 'VALIDATION_FAILED',
    message: `${ERROR_CATALOGUE.VALIDATION_FAILED.message}: ${name}: ${first.message}`,
    details: { fields },
  };
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** Stores wrap the system's error, so the chain of causes is searched (to a depth no sane chain has). */
function isDiskFull(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const code = codeOf(current);
    if (code !== null && DISK_FULL.has(code)) return true;
    current = current.cause;
  }
  return false;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
