import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** A code that was sent, without the code. */
export interface OneTimeCode {
  /** ULID. */
  readonly id: string;
  readonly to: Jid;
  /** The one that sent it. */
  readonly deviceId: DeviceId;
  /** What it lets somebody do; a code for one purpose is worth nothing for another. */
  readonly purpose: string;
  /** Hex. */
  readonly hmac: string;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly expiresAt: Date;
}

/** A code as it begins, with the message that brings it. */
export interface NewOneTimeCode extends Omit<OneTimeCode, 'attempts' | 'expiresAt'> {
  /** The caller, whose limit it counts against. */
  readonly owner: string;
  readonly outboxId: string;
  readonly waMessageId: WaMessageId;
  readonly ttlMs: number;
}

/** How much of it one may have. */
export interface OtpLimits {
  /** How long somebody waits for the next code of one purpose. */
  readonly resendMs: number;
  /** Codes an hour to one recipient, whatever for. */
  readonly perRecipient: number;
  /** Codes an hour by one caller. */
  readonly perCaller: number;
  /** Wrong guesses and the right one. */
  readonly maxAttempts: number;
}
