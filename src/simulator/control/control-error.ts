import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from '../../shared/logger.ts';
import { PhoneError, type PhoneErrorCode } from '../phone/phone-error.ts';

const STATUS: Readonly<Record<PhoneErrorCode, number>> = {
  PHONE_NOT_FOUND: 404,
  PHONE_EXISTS: 409,
  RECIPIENT_UNKNOWN: 422,
  QR_MALFORMED: 400,
  QR_EXPIRED: 410,
  NO_COMPANION_WAITS: 409,
  CODE_REFUSED: 403,
  LINK_FAILED: 409,
  DEVICE_NOT_FOUND: 404,
  DEVICE_NOT_CONNECTED: 409,
  MESSAGE_NOT_FOUND: 404,
  FAULT_NOT_FOUND: 404,
  SEND_REFUSED: 422,
  GROUP_NOT_FOUND: 404,
  GROUP_REFUSED: 409,
  NOT_CHANGEABLE: 409,
  NO_MEDIA: 404,
  NO_POLL: 409,
  MEDIA_FAILED: 502,
};

/** Every failure is `{ error: { code, message, issues? } }`; what nobody expected is logged and told as INTERNAL. */
export function createControlErrorHandler(log: Logger) {
  return (error: unknown, _request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof PhoneError) {
      return reply.code(STATUS[error.code]).send(errorBody(error.code, error.message));
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
      const issues = error.validation.map(({ instancePath, message }) => ({ path: instancePath, message }));
      return reply
        .code(400)
        .send(errorBody('INVALID_REQUEST', 'The request does not fit its schema', issues));
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500 && error instanceof Error) {
      return reply.code(status).send(errorBody('INVALID_REQUEST', error.message));
    }
    log.error({ err: error }, 'simulator: a control request failed');
    return reply.code(500).send(errorBody('INTERNAL', 'Something went wrong in the simulator'));
  };
}

export function errorBody(code: string, message: string, issues?: readonly unknown[]) {
  return { error: { code, message, ...(issues && { issues }) } };
}
