import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock, Timer } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Hold } from './hold.ts';
import type { OutboxEvent } from './outbox-events.ts';
import type { OutboundMessage, OutboundStatus, SendError } from './outbox-message.ts';
import { isSettled } from './outbox-state.ts';

/** What became of a message as far as it is known now. */
export interface Outcome {
  readonly status: OutboundStatus;
  readonly error: SendError | null;
  /** WhatsApp's own code where it refused the message; null also for refusals that were not heard here. */
  readonly refusal: number | null;
  /** With `queued`: it was not waited for any longer, as it does not go before this; `error` says why. */
  readonly retryAt?: Date;
}

export interface OutcomesDeps {
  readonly devices: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  readonly events: Pick<EventBus<OutboxEvent>, 'subscribe'>;
  find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null>;
  /** Whether news of the device is heard in this process. */
  isHeard(deviceId: DeviceId): boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Waits for what becomes of messages; made for many waiting at once. */
export interface Outcomes {
  /** Listens from now on; before the message is accepted, or with a `read` after this. */
  listen(message: MessageName, timeoutMs: number): { outcome: Promise<Outcome>; end(): void };
  /** Reads where it stands, for those who listen. */
  read(message: MessageName): Promise<void>;
  /** Ends the waits that would be over before the message may go. */
  heldBack(hold: Hold): void;
  /** Ends every wait, and those to come, with what is known. */
  release(): void;
}

type MessageName = Pick<OutboundMessage, 'deviceId' | 'waMessageId'>;

interface Waiter {
  known: Outcome;
  readonly endsAt: Date;
  end(): void;
}

/** News of devices that other processes run is read from the rows: soon, then less and less often, in ms. */
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

/** What was heard of a message. */
interface Told extends Omit<Outcome, 'retryAt'> {
  /** With `queued`: when it is tried again. */
  readonly dueAt: Date | null;
}

const ACCEPTED: Outcome = { status: 'queued', error: null, refusal: null };

export function createOutcomes(deps: OutcomesDeps): Outcomes {
  const { clock, log } = deps;
  const byDevice = new Map<DeviceId, Map<WaMessageId, Set<Waiter>>>();
  /** Devices of which nothing goes, with why. */
  const heldDevices = new Map<DeviceId, Hold>();
  let released = false;

  const waitersOf = (deviceId: DeviceId, waMessageId: WaMessageId): Iterable<Waiter> =>
    byDevice.get(deviceId)?.get(waMessageId) ?? [];
  const learn = (deviceId: DeviceId, waMessageId: WaMessageId, told: Told) => {
    for (const waiter of waitersOf(deviceId, waMessageId)) {
      waiter.known = whatIsKnown(told, waiter);
      if (isSettled(told.status) || waiter.known.retryAt) waiter.end();
    }
  };
  /** Only what waits is held back. */
  const hold = (waiters: Iterable<Waiter>, { error, until: dueAt }: Hold) => {
    for (const waiter of waiters) {
      const { status } = waiter.known;
      if (status !== 'queued' || dueAt <= waiter.endsAt) continue;
      waiter.known = { status, error, refusal: null, retryAt: dueAt };
      waiter.end();
    }
  };
  const endAll = (deviceId: DeviceId) => {
    for (const waiters of byDevice.get(deviceId)?.values() ?? []) for (const waiter of waiters) waiter.end();
  };

  deps.events.subscribe(({ deviceId, waMessageId, status, error, refusal, dueAt }) => {
    if (status === 'sending') heldDevices.delete(deviceId);
    learn(deviceId, waMessageId, { status, error, refusal, dueAt });
  });
  deps.devices.subscribe((event) => {
    // What is under way stays in doubt until the device is back, and that may take as long as it wants.
    if (event.type === 'state-changed' && event.state.status !== 'connected') endAll(event.deviceId);
  });

  const read: Outcomes['read'] = async ({ deviceId, waMessageId }) => {
    const message = await deps.find(deviceId, waMessageId);
    if (!message) return;
    const { status, error, dueAt } = message;
    // Later items of a request are due later, too; only with a reason something stands in the way.
    learn(deviceId, waMessageId, { status, error, refusal: null, dueAt: error && dueAt });
    const held = heldDevices.get(deviceId);
    if (held) hold(waitersOf(deviceId, waMessageId), held);
  };
  const poll = (message: MessageName): Timer => {
    let timer: Timer | null = null;
    let isWanted = true;
    const arm = (delayMs: number) => {
      if (!isWanted) return;
      timer = clock.after(delayMs, () => {
        read(message)
          .catch((error: unknown) => log.debug({ err: error }, 'outcome not read'))
          .finally(() => arm(Math.min(delayMs * 2, LONGEST_POLL_MS)));
      });
    };
    arm(FIRST_POLL_MS);
    return {
      cancel() {
        isWanted = false;
        timer?.cancel();
      },
    };
  };

  return {
    read,
    heldBack(held) {
      const { deviceId, waMessageId } = held;
      if (waMessageId !== null) return hold([...waitersOf(deviceId, waMessageId)], held);
      heldDevices.set(deviceId, held);
      for (const waiters of [...(byDevice.get(deviceId)?.values() ?? [])]) hold([...waiters], held);
    },
    listen(message, timeoutMs) {
      const { deviceId, waMessageId } = message;
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      const messages = byDevice.get(deviceId) ?? new Map<WaMessageId, Set<Waiter>>();
      const waiters = messages.get(waMessageId) ?? new Set<Waiter>();
      const polling = deps.isHeard(deviceId) ? null : poll(message);
      const timer = clock.after(released ? 0 : timeoutMs, () => waiter.end());
      const waiter: Waiter = {
        known: ACCEPTED,
        endsAt: new Date(clock.now().getTime() + timeoutMs),
        end() {
          timer.cancel();
          polling?.cancel();
          waiters.delete(waiter);
          if (waiters.size === 0) messages.delete(waMessageId);
          if (messages.size === 0) byDevice.delete(deviceId);
          resolve(waiter.known);
        },
      };
      byDevice.set(deviceId, messages.set(waMessageId, waiters.add(waiter)));
      return { outcome: promise, end: waiter.end };
    },
    release() {
      released = true;
      for (const deviceId of [...byDevice.keys()]) endAll(deviceId);
    },
  };
}

function whatIsKnown({ dueAt, ...told }: Told, { endsAt }: Waiter): Outcome {
  return told.status === 'queued' && dueAt && dueAt > endsAt ? { ...told, retryAt: dueAt } : told;
}
