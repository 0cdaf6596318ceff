import type { FastifyRequest } from 'fastify';
import { ERROR_CATALOGUE, type ErrorCode } from '../shared/errors.ts';

/** The envelope of every success. */
export interface Success<Data> {
  success: true;
  message: string;
  data: Data;
  timestamp: string;
}

/** The envelope of every failure. */
export interface Failure {
  success: false;
  message: string;
  error: { code: ErrorCode; details: Record<string, unknown> };
  timestamp: string;
}

/** What a handler returns: `return ok(request, data, 'Device created')`. */
export function ok<Data>(request: FastifyRequest, data: Data, message = 'OK'): Success<Data> {
  return { success: true, message, data, timestamp: request.server.timestamp() };
}

export function failure(
  timestamp: string,
  code: ErrorCode,
  { message, details = {} }: { message?: string; details?: Record<string, unknown> } = {},
): Failure {
  return {
    success: false,
    message: message ?? ERROR_CATALOGUE[code].message,
    error: { code, details },
    timestamp,
  };
}
