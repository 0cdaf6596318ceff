import type { Clock, Timer } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { AuthMethod } from './device.ts';
import type { Attempt } from './device-attempt.ts';
import type { Challenge } from './device-state.ts';

/** Eight characters, as the phone asks for them. */
export interface PairingCode {
  readonly code: string;
  readonly expiresAt: Date;
}

/** Which challenge a device shows while it pairs, and who waits for a code. */
export interface DevicePairing {
  /**
   * Wants a code for `phoneNumber` (digits only) from the socket that pairs now, or from the next ones. Resolves with the
   * first; rejects with WHATSAPP_UNAVAILABLE when none came in time or pairing ended.
   */
  requestCode(phoneNumber: string): Promise<PairingCode>;
  /** WhatsApp handed out a QR reference: pairing can begin, either way. */
  onQr(qr: string, ttlMs: number): void;
  /** A phone linked this device; answers how. */
  succeeded(): AuthMethod;
  ended(cause: string): void;
}

export interface PairingDeps {
  readonly deviceId: DeviceId;
  readonly clock: Clock;
  readonly log: Logger;
  /** The attempt under way; null when there is none. */
  attempt(): Attempt | null;
  /** The challenge shown now; null when none is. */
  shown(): Challenge | null;
  show(challenge: Challenge): void;
}

/** A code lives as long as the six QR references of one socket: 60 s and five times 20 s. */
const CODE_TTL_MS = 160_000;

/** How long a caller waits for a code: time for some reconnects with their backoff. */
const CODE_PATIENCE_MS = 30_000;

interface CodeRequest {
  readonly phoneNumber: string;
  readonly answer: PromiseWithResolvers<PairingCode>;
  readonly timer: Timer;
}

export function createDevicePairing(deps: PairingDeps): DevicePairing {
  const { deviceId, clock, log } = deps;
  let wanted: CodeRequest | null = null;

  const inMs = (ms: number) => new Date(clock.now().getTime() + ms);
  const refuse = (request: CodeRequest, cause: string) => {
    request.timer.cancel();
    request.answer.reject(new AppError('WHATSAPP_UNAVAILABLE', { cause }));
  };

  const askForCode = async (request: CodeRequest): Promise<void> => {
    const attempt = deps.attempt();
    const socket = await attempt?.opened;
    if (!socket) return;
    try {
      const code = await socket.requestPairingCode(request.phoneNumber);
      if (deps.attempt() !== attempt || wanted !== request) return;
      const expiresAt = inMs(CODE_TTL_MS);
      deps.show({ kind: 'pairing-code', code, expiresAt });
      request.timer.cancel();
      request.answer.resolve({ code, expiresAt });
    } catch (error) {
      // The socket closed: the next one asks again, as long as the caller waits.
      log.debug({ deviceId, error }, 'no pairing code from this socket');
    }
  };

  return {
    requestCode(phoneNumber) {
      if (wanted) refuse(wanted, 'another pairing code was asked for');
      const answer = Promise.withResolvers<PairingCode>();
      // Whoever asked may have gone; an answer nobody waits for is no error.
      answer.promise.catch(() => {});
      const giveUp = () => refuse(request, 'no pairing code came in time');
      const request: CodeRequest = { phoneNumber, answer, timer: clock.after(CODE_PATIENCE_MS, giveUp) };
      wanted = request;
      if (deps.shown()) void askForCode(request);
      return answer.promise;
    },
    onQr(qr, ttlMs) {
      if (!wanted) deps.show({ kind: 'qr', qr, expiresAt: inMs(ttlMs) });
      // Once a socket: its later references say nothing new to somebody who types a code.
      else if (deps.shown()?.kind !== 'pairing-code') void askForCode(wanted);
    },
    succeeded() {
      const method = wanted ? 'pairing_code' : 'qr';
      wanted?.timer.cancel();
      wanted = null;
      return method;
    },
    ended(cause) {
      if (wanted) refuse(wanted, cause);
      wanted = null;
    },
  };
}
