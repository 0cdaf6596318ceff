import type { Statement } from '../database/database.ts';
import type { DeviceService } from '../devices/device-service.ts';
import type { Access } from '../http/access.ts';
import type { Beside, Idempotency, RequestIdentity } from '../http/idempotency.ts';
import type { AcceptedMessage, MessageService, SentMessage } from '../messages/message-service.ts';
import type { MessageSource } from '../outbox/outbox-message.ts';
import { isSettled } from '../outbox/outbox-state.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { type DevicePool, devicesOfPool } from './device-pool.ts';
import type { Readiness } from './ready-device.ts';

/** A message for which it does not matter which of our numbers sends it. */
export interface SystemMessage {
  readonly to: string;
  readonly message: string;
  readonly pool: DevicePool;
  /** What it is for; a word for the log. */
  readonly purpose: string | null;
  readonly terms?: SystemMessageTerms;
}

/** What another feature that sends a system message adds to it. */
export interface SystemMessageTerms {
  readonly source: MessageSource;
  /** Not begun after this. */
  readonly expiresAt: Date;
  /** Asked before each device that might get it, not when an earlier request is repeated; what it throws ends the send. */
  check(): Promise<void>;
  /** Stored in one transaction with the message, whose row in the outbox is `outboxId`. */
  beside(accepted: AcceptedMessage, outboxId: string): readonly Statement[];
}

/** A device that was tried and did not send. */
export interface Tried {
  readonly deviceId: string;
  readonly reason: string;
}

export interface SystemMessageSent extends SentMessage {
  readonly deviceId: string;
  readonly tried: Tried[];
}

interface SystemMessageDeps {
  readonly deviceService: Pick<DeviceService, 'list'>;
  readonly messageService: Pick<MessageService, 'accept' | 'outcome'>;
  readonly readiness: Readiness;
  readonly idempotency: Idempotency;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a message came to on one device. */
type Attempt =
  | { readonly kind: 'sent'; readonly deviceId: string; readonly sent: SentMessage }
  | {
      readonly kind: 'refused';
      readonly deviceId: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

/** How long all reconnecting together may take, and that of one device, in ms. */
const PATIENCE_MS = 20_000;
const PATIENCE_EACH_MS = 10_000;
/** WhatsApp refused so often: the recipient is the reason, not our devices. */
const MOST_ATTEMPTS = 3;
/** No caller can write it into a key of theirs, so the names of attempts are ours alone. */
const SEPARATOR = '\u0001';

export type SystemMessageService = ReturnType<typeof createSystemMessageService>;

export function createSystemMessageService(deps: SystemMessageDeps) {
  const { deviceService, messageService, readiness, idempotency, clock, log } = deps;

  /** Null when the device has gone in between. */
  async function offer(
    deviceId: DeviceId,
    { to, message: text, terms }: SystemMessage,
    beside: Beside<AcceptedMessage>,
  ): Promise<AcceptedMessage | null> {
    const content = { kind: 'text', text } as const;
    const order = { deviceId, to, content, whileOffline: 'refuse' } as const;
    const { source, expiresAt } = terms ?? {};
    try {
      return await messageService.accept(
        { ...order, ...(source && { source }), ...(expiresAt && { expiresAt }) },
        (accepted, id) => [...(terms?.beside(accepted, id) ?? []), ...beside(accepted, id)],
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'DEVICE_NOT_CONNECTED') return null;
      throw error;
    }
  }

  /** Gives the message to the first device that can send it; not to one that was tried. */
  async function accept(
    asked: SystemMessage & { access: Access; tried: Tried[] },
    beside: Beside<AcceptedMessage>,
  ): Promise<AcceptedMessage> {
    const { pool, terms, access, tried } = asked;
    await terms?.check();
    const giveUpAt = clock.monotonic() + PATIENCE_MS;
    for (const device of await devicesOfPool(deviceService, pool, access)) {
      const { deviceId } = device;
      if (tried.some((each) => each.deviceId === deviceId)) continue;
      const patienceMs = Math.min(PATIENCE_EACH_MS, giveUpAt - clock.monotonic());
      const hindrance = await readiness.ready(device, patienceMs);
      if (hindrance === null) {
        const accepted = await offer(deviceId as DeviceId, asked, beside);
        if (accepted) return accepted;
      }
      tried.push({ deviceId, reason: hindrance ?? 'device_not_connected' });
    }
    throw new AppError('POOL_EXHAUSTED', { tried });
  }

  async function outcome(accepted: AcceptedMessage): Promise<Attempt> {
    const { deviceId } = accepted;
    try {
      return { kind: 'sent', deviceId, sent: await messageService.outcome(accepted) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SEND_REFUSED') throw error;
      return { kind: 'refused', deviceId, details: error.details };
    }
  }

  return {
    /**
     * Sends it from one device of the pool, once. A device that is away is brought back first; only what was never accepted or was
     * refused by WhatsApp goes to the next. Throws POOL_EMPTY, POOL_EXHAUSTED (nothing was sent), SEND_REFUSED,
     * RECIPIENT_INVALID, WHATSAPP_UNAVAILABLE and IDEMPOTENCY_MISMATCH.
     */
    async send(
      message: SystemMessage,
      { access, identity }: { access: Access; identity: RequestIdentity | null },
    ): Promise<{ sent: SystemMessageSent; isReplayed: boolean }> {
      const tried: Tried[] = [];
      let refusal: AppError | null = null;
      for (let number = 0; number < MOST_ATTEMPTS; number += 1) {
        const name = identity && number > 0 ? nameOf(identity, number) : identity;
        const result = await idempotency
          .run(name, {
            accept: (beside: Beside<AcceptedMessage>) => accept({ ...message, access, tried }, beside),
            answer: async (accepted: AcceptedMessage) => ({ status: 200, body: await outcome(accepted) }),
          })
          .catch((error: unknown) => {
            // The refusal says more than that there was nobody left.
            throw refusal ?? error;
          });
        if ('failure' in result) throw result.failure;
        const { body: attempt } = result.answer;
        if (attempt.kind === 'sent') {
          const { deviceId, sent } = attempt;
          log.info({ deviceId, purpose: message.purpose, tried: tried.length }, 'system message sent');
          return { sent: { ...sent, deviceId, tried }, isReplayed: result.replayed };
        }
        refusal = new AppError('SEND_REFUSED', { ...attempt.details });
        tried.push({ deviceId: attempt.deviceId, reason: 'send_refused' });
      }
      throw refusal ?? new AppError('POOL_EXHAUSTED', { tried });
    },
    /** 202 tells a caller that it goes by itself. */
    statusOf: ({ status }: SystemMessageSent) => (isSettled(status) ? 200 : 202),
  };
}

function nameOf(identity: RequestIdentity, number: number): RequestIdentity {
  return { ...identity, key: `${identity.key}${SEPARATOR}${number}` };
}
