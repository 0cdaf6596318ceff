import { DuplicateKeyError } from '../database/database-error.ts';
import type { Access } from '../http/access.ts';
import type { RequestIdentity } from '../http/idempotency.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';
import type { DevicePool } from '../system-messages/device-pool.ts';
import type {
  SystemMessageSent,
  SystemMessageService,
  SystemMessageTerms,
} from '../system-messages/system-message-service.ts';
import { isGroup, type Jid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { OtpLimits } from './otp.ts';
import type { OtpRepository } from './otp-repository.ts';
import { newCode, type OtpSecret } from './otp-secret.ts';

/** A code somebody is to get. */
export interface OtpOrder {
  /** In any form a person may be written. */
  readonly to: string;
  readonly purpose: string;
  /** Digits. */
  readonly length: number;
  readonly ttlSeconds: number;
  /** With `{code}` in it; `{minutes}` and `{purpose}` are filled in, too. */
  readonly template: string;
  readonly pool: DevicePool;
}

/** A code somebody typed. */
export interface OtpCheck extends Pick<OtpOrder, 'to' | 'purpose'> {
  readonly code: string;
}

/** A code that is on its way. */
export interface OtpSent extends SystemMessageSent {
  readonly otpId: string;
  readonly expiresAt: string;
}

interface Asker {
  readonly access: Access;
  /** Whose limit the code counts against. */
  readonly owner: string;
  readonly identity: RequestIdentity | null;
}

interface OtpServiceDeps {
  readonly codes: OtpRepository;
  readonly systemMessages: Pick<SystemMessageService, 'send'>;
  readonly secret: OtpSecret;
  readonly limits: OtpLimits;
  readonly random: Random;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly defaultCountry: DefaultCountry;
  readonly log: Logger;
}

export type OtpService = ReturnType<typeof createOtpService>;

const HOUR_SECONDS = 3_600;

/** One-time codes by WhatsApp: each is good for one purpose, once, for a while, and for a few guesses. */
export function createOtpService(deps: OtpServiceDeps) {
  const { codes, systemMessages, secret, limits, random, ids, clock, log } = deps;

  function personOf(text: string): Jid {
    const to = parseRecipient(text, deps.defaultCountry);
    if (isGroup(to)) throw new AppError('RECIPIENT_INVALID');
    return to;
  }

  /** Only what went out counts. */
  async function keepLimits({ to, purpose, owner }: { to: Jid; purpose: string; owner: string }) {
    const recent = await codes.recentTo(to, limits.perRecipient);
    const last = recent.find((each) => each.purpose === purpose);
    if (last && last.ageMs < limits.resendMs) throw limited('resend', (limits.resendMs - last.ageMs) / 1_000);
    const oldest = recent[limits.perRecipient - 1];
    if (oldest) throw limited('recipient', HOUR_SECONDS - oldest.ageMs / 1_000);
    if ((await codes.recentBy(owner)) >= limits.perCaller) throw limited('caller', 60);
  }

  function termsFor(order: OtpOrder, { to, owner, code }: { to: Jid; owner: string; code: string }) {
    const { purpose, ttlSeconds } = order;
    const ttlMs = ttlSeconds * 1_000;
    const terms: SystemMessageTerms = {
      source: 'otp',
      expiresAt: new Date(clock.now().getTime() + ttlMs),
      check: () => keepLimits({ to, purpose, owner }),
      beside({ deviceId, messageId: waMessageId }, outboxId) {
        const id = ids.next();
        const hmac = secret.sign(code, { id, to, purpose });
        const { maxAttempts, resendMs } = limits;
        const message = { deviceId, outboxId, waMessageId };
        return codes.begin({ id, to, purpose, hmac, maxAttempts, owner, ttlMs, ...message }, resendMs);
      },
    };
    return terms;
  }

  return {
    /**
     * Sends a new code; the one before of the same recipient and purpose is worth nothing any more. Throws OTP_LIMITED, and
     * what a system message throws.
     */
    async send(
      order: OtpOrder,
      { access, owner, identity }: Asker,
    ): Promise<{ sent: OtpSent; isReplayed: boolean }> {
      const to = personOf(order.to);
      const code = newCode(random, order.length);
      const terms = termsFor(order, { to, owner, code });
      const message = { to, message: textOf(order, code), pool: order.pool, purpose: order.purpose, terms };
      try {
        const { sent, isReplayed } = await systemMessages.send(message, { access, identity });
        const row = await codes.byMessage(sent.deviceId, sent.messageId);
        if (!row) throw new AppError('OTP_EXPIRED');
        const { id: otpId, expiresAt } = row;
        return { sent: { ...sent, otpId, expiresAt: expiresAt.toISOString() }, isReplayed };
      } catch (error) {
        // Another request for the same was a moment faster.
        if (error instanceof DuplicateKeyError) throw limited('resend', limits.resendMs / 1_000);
        throw error;
      }
    },

    /**
     * Resolves once for each code, whoever else asks at the same time. Throws OTP_WRONG with how many attempts are left,
     * OTP_ATTEMPTS_EXHAUSTED, and OTP_EXPIRED when there is no code, no more, or none of a device the caller may use: nobody uses up
     * the attempts of others.
     */
    async verify({ to: recipient, purpose, code }: OtpCheck, { mayUse }: Pick<Access, 'mayUse'>) {
      const to = personOf(recipient);
      const found = await codes.live({ to, purpose });
      if (!found || !mayUse(found.deviceId)) throw new AppError('OTP_EXPIRED');
      const { id, maxAttempts } = found;
      if (found.attempts >= maxAttempts) throw new AppError('OTP_ATTEMPTS_EXHAUSTED');
      if (!(await codes.takeAttempt(id))) return lookAgain({ to, purpose, id });
      if (!secret.matches(code, found)) {
        const now = await codes.live({ to, purpose });
        const attemptsLeft = now?.id === id ? maxAttempts - now.attempts : 0;
        log.info({ otpId: id, attemptsLeft }, 'a one-time code was wrong');
        throw new AppError('OTP_WRONG', { attemptsLeft });
      }
      if (!(await codes.use(id))) throw new AppError('OTP_EXPIRED');
      log.info({ otpId: id }, 'a one-time code was used');
      return { verified: true as const, otpId: id, to, purpose };
    },
  };

  /** Somebody used it, or the last of its attempts, in between. */
  async function lookAgain({ id, ...name }: { to: Jid; purpose: string; id: string }): Promise<never> {
    const now = await codes.live(name);
    throw new AppError(now?.id === id ? 'OTP_ATTEMPTS_EXHAUSTED' : 'OTP_EXPIRED');
  }
}

function textOf({ template, ttlSeconds, purpose }: OtpOrder, code: string): string {
  const known = new Map([
    ['{code}', code],
    ['{minutes}', String(Math.max(1, Math.round(ttlSeconds / 60)))],
    ['{purpose}', purpose],
  ]);
  return template.replace(/\{(code|minutes|purpose)\}/g, (whole) => known.get(whole) ?? whole);
}

function limited(limit: 'resend' | 'recipient' | 'caller', retryAfter: number): AppError {
  return new AppError('OTP_LIMITED', { limit, retryAfter: Math.max(1, Math.ceil(retryAfter)) });
}
