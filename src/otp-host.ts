import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import { otpSecrets } from './config/secrets.ts';
import type { Foundation } from './foundation.ts';
import type { ApiInstance } from './http/fastify.ts';
import { createOtpRepository } from './otp/otp-repository.ts';
import { otpRoutes } from './otp/otp-routes.ts';
import { createOtpSecret } from './otp/otp-secret.ts';
import { createOtpService } from './otp/otp-service.ts';
import { startOtpUpkeep } from './otp/otp-upkeep.ts';
import type { SystemMessageService } from './system-messages/system-message-service.ts';

interface OtpHostDeps extends Basics {
  readonly foundation: Foundation;
}

/** Erases what is left of one-time codes. */
export function otpWork({ foundation, clock, log }: OtpHostDeps): WorkToStart {
  const codes = createOtpRepository(foundation);
  return { otp: () => startOtpUpkeep({ codes, clock, log }) };
}

/** One-time codes, by system messages. */
export function mountOtp(
  api: ApiInstance,
  { prefix, systemMessages, ...deps }: OtpHostDeps & { prefix: string; systemMessages: SystemMessageService },
): void {
  const { foundation, config } = deps;
  const otp = createOtpService({
    ...deps,
    codes: createOtpRepository(foundation),
    systemMessages,
    secret: createOtpSecret(otpSecrets(foundation.keyRing)),
    limits: config.otp,
    defaultCountry: config.whatsapp.defaultCountry,
  });
  api.register(otpRoutes, { prefix, otp, systemMessages });
}
