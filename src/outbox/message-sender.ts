import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import { contentOf } from './outbox-content.ts';
import type { OutboxEvent } from './outbox-events.ts';
import type { QueuedMessage } from './outbox-message.ts';
import type { OutboxRepository, OwnMove } from './outbox-repository.ts';
import type { Pacer } from './pacer.ts';
import { persistently } from './persistently.ts';
import { type RefusalContext, reactToLocalFailure, reactToNack, type SendReaction } from './send-reaction.ts';
import type { SendSignals } from './send-signals.ts';

export interface SenderDeps {
  readonly repository: Pick<OutboxRepository, 'move' | 'expire'>;
  /** The open socket of the device. Throws DEVICE_NOT_CONNECTED. */
  socket(): Pick<WhatsAppSocket, 'send' | 'refreshRecipient'>;
  publish(event: OutboxEvent): void;
  readonly pacer: Pick<Pacer, 'sent'>;
  readonly signals: SendSignals;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How an attempt ended. */
export type Landing =
  /** WhatsApp has it, and that is stored. */
  | { readonly kind: 'accepted' }
  /** It was refused, or could not be handed over; what follows is stored. */
  | { readonly kind: 'refused'; readonly message: QueuedMessage; readonly reaction: SendReaction }
  /** The connection ended first. */
  | { readonly kind: 'lost' };

/** Hands the claimed messages of one device to WhatsApp, one at a time, and hears what became of them. */
export interface MessageSender {
  /** Resolves when the attempt ended. Never rejects. */
  send(message: QueuedMessage, epoch: number): Promise<Landing>;
  /** It is stored that WhatsApp has this message. */
  accepted(waMessageId: WaMessageId): void;
  /** Resolves when what follows is stored, with false when the message is not under way here. Throws what Database throws. */
  refused(waMessageId: WaMessageId, code: number): Promise<boolean>;
  /** The connection ended. */
  lost(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Stores a decision on a message and tells of it; false when something else was faster. */
  move(message: QueuedMessage, move: OwnMove, refusal?: number): Promise<boolean>;
  /** Ends a queued message whose time has passed, and tells of it. */
  expire(message: QueuedMessage): Promise<void>;
}

interface Flight {
  readonly message: QueuedMessage;
  readonly epoch: number;
  readonly landed: Promise<Landing>;
  /** The first landing counts. */
  land(landing: Landing): void;
}

export function createMessageSender(deviceId: DeviceId, deps: SenderDeps): MessageSender {
  const { repository, pacer, signals, clock, log } = deps;
  let flight: Flight | null = null;
  let rateStrikes = 0;

  const tell = (message: QueuedMessage, news: Pick<OutboxEvent, 'status'> & Partial<OutboxEvent>) => {
    const { waMessageId, jobId = null } = message;
    const plain = { error: null, refusal: null, dueAt: null };
    deps.publish({ type: 'status-changed', deviceId, waMessageId, jobId, ...plain, ...news });
  };
  const move: MessageSender['move'] = async (message, step, refusal) => {
    if (!(await repository.move(message, step))) return false;
    const { to: status, error, dueAt = null } = step;
    tell(message, { status, error, refusal: refusal ?? null, dueAt });
    return true;
  };

  /** Stores what follows from a failure, then ends the flight. */
  const react = async (current: Flight, reaction: SendReaction, refusal?: number): Promise<void> => {
    const { message, epoch } = current;
    const at = clock.now();
    const dueAt = reaction.kind === 'fail' ? undefined : new Date(at.getTime() + reaction.delayMs);
    const to = reaction.kind === 'fail' ? 'failed' : 'queued';
    const { error } = reaction;
    if (!(await move(message, { to, epoch, at, error, dueAt }, refusal))) return;
    if (reaction.kind === 'pause' && dueAt) signals.onRateLimited({ deviceId, until: dueAt });
    if (reaction.kind === 'fail' && reaction.locked) signals.onReachoutLocked({ deviceId, to: message.to });
    rateStrikes = reaction.kind === 'pause' ? rateStrikes + 1 : rateStrikes;
    log.info({ deviceId, code: error.code, reaction: reaction.kind }, 'message refused');
    current.land({ kind: 'refused', message: { ...message, error }, reaction });
  };

  const handOver = async (current: Flight): Promise<void> => {
    const { message } = current;
    const { waMessageId, to } = message;
    try {
      await deps.socket().send({ waMessageId, to, content: contentOf(message) });
      pacer.sent(message, clock.now());
    } catch (error) {
      if (flight !== current) return;
      log.warn({ deviceId, err: error }, 'message not handed to WhatsApp');
      await persistently(() => notHandedOver(current, error), {
        clock,
        isWanted: () => flight === current,
        onFailure: (cause) => log.error({ deviceId, err: cause }, 'failed message not stored yet'),
      });
    }
  };
  /** Nothing left: the library sends only when everything before succeeded. */
  const notHandedOver = async (current: Flight, error: unknown): Promise<void> => {
    const code = refusalOf(error);
    const context = contextOf(current);
    if (code === null) await react(current, reactToLocalFailure(context));
    else await react(current, reactToNack(code, context), code);
  };
  const contextOf = ({ message }: Flight): RefusalContext => ({
    attempts: message.attempts,
    lastError: message.error,
    rateStrikes,
  });

  /** Best effort: without it the one retry fails as the first attempt did, and the message ends. */
  const refreshFor = async ({ message, reaction }: Extract<Landing, { kind: 'refused' }>): Promise<void> => {
    if (reaction.kind !== 'retry' || !reaction.refresh) return;
    try {
      await deps.socket().refreshRecipient(message.to);
    } catch (error) {
      log.warn({ deviceId, err: error }, 'devices of a recipient not asked anew');
    }
  };

  return {
    move,
    async send(message, epoch) {
      const { promise, resolve } = Promise.withResolvers<Landing>();
      const begun: Flight = { message, epoch, landed: promise, land: resolve };
      flight = begun;
      tell(message, { status: 'sending' });
      void handOver(begun);
      const landing = await promise;
      flight = null;
      if (landing.kind === 'refused') await refreshFor(landing);
      return landing;
    },
    accepted(waMessageId) {
      if (flight?.message.waMessageId !== waMessageId) return;
      rateStrikes = 0;
      signals.onAccepted(flight.message);
      flight.land({ kind: 'accepted' });
    },
    async refused(waMessageId, code) {
      const current = flight;
      if (current?.message.waMessageId !== waMessageId) return false;
      await react(current, reactToNack(code, contextOf(current)), code);
      return true;
    },
    lost: () => flight?.land({ kind: 'lost' }),
    async expire(message) {
      if (await repository.expire(message)) tell(message, { status: 'expired' });
    },
    async idle() {
      await flight?.landed;
    },
  };
}

/** The code with which WhatsApp refused one of the questions before the send; null when it was something else. */
function refusalOf(error: unknown): number | null {
  if (!(error instanceof AppError) || error.code !== 'SEND_REFUSED') return null;
  return typeof error.details.code === 'number' ? error.details.code : null;
}
