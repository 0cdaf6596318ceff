import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { identityOf } from '../http/idempotency.ts';
import { envelope } from '../http/schemas.ts';
import type { SystemMessageService } from '../system-messages/system-message-service.ts';
import * as schemas from './otp-schemas.ts';
import type { OtpService } from './otp-service.ts';

interface OtpRoutesOptions {
  readonly otp: OtpService;
  readonly systemMessages: Pick<SystemMessageService, 'statusOf'>;
}

/** One-time codes: sent, and checked. */
export const otpRoutes: RoutePlugin<OtpRoutesOptions> = async (app, { otp, systemMessages }) => {
  app.post('/otp', sendOtp, async (request, reply) => {
    const { deviceId, pool = deviceId === undefined ? 'system' : [deviceId], ...order } = request.body;
    const { access } = request;
    const asker = { access, owner: access.callerId ?? '', identity: identityOf(request) };
    const { sent, isReplayed } = await otp.send({ ...order, pool }, asker);
    if (isReplayed) reply.header('idempotency-replayed', 'true');
    const status = systemMessages.statusOf(sent);
    return reply.code(status).send(ok(request, sent, status === 200 ? 'Code sent' : 'Code accepted'));
  });

  app.post('/otp/verify', verifyOtp, async (request) =>
    ok(request, await otp.verify(request.body, request.access), 'Code verified'),
  );
};

const sendOtp = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'sendOneTimeCode',
    tags: ['Codes and alerts'],
    description: 'A new code for one person and one purpose, in place of the one before.',
    headers: schemas.OtpHeaders,
    body: schemas.OtpBody,
    response: { 200: envelope(schemas.OtpSentSchema), 202: envelope(schemas.OtpSentSchema) },
  },
} as const;

const verifyOtp = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'verifyOneTimeCode',
    tags: ['Codes and alerts'],
    description: 'Right once; a few guesses, then only a new code helps.',
    body: schemas.VerifyBody,
    response: { 200: envelope(schemas.VerifiedSchema) },
  },
} as const;
