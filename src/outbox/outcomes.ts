import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock, Timer } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { OutboxEvent } from './outbox-events.ts';
import type { OutboundMessage, OutboundStatus, SendError } from './outbox-message.ts';
import { isSettled } from './outbox-state.ts';

/** What became of a message as far as it is known now. */
export interface Outcome {
  readonly status: OutboundStatus;
  readonly error: SendError | null;
  /** WhatsApp's own code where it refused the message; null also for refusals that were not heard here. */
  readonly refusal: number | null;
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
  /** Ends every wait, and those to come, with what is known. */
  release(): void;
}

type MessageName = Pick<OutboundMessage, 'deviceId' | 'waMessageId'>;

interface Waiter {
  known: Outcome;
  end(): void;
}

/** News of devices that other processes run is read from the rows: soon, then less and less often, in ms. */
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;
const ACCEPTED: Outcome = { status: 'queued', error: null, refusal: null };

export function createOutcomes(deps: OutcomesDeps): Outcomes {
  const { clock, log } = deps;
  const byDevice = new Map<DeviceId, Map<WaMessageId, Set<Waiter>>>();
  let released = false;

  const waitersOf = (deviceId: DeviceId, waMessageId: WaMessageId): Iterable<Waiter> =>
    byDevice.get(deviceId)?.get(waMessageId) ?? [];
  const learn = (deviceId: DeviceId, waMessageId: WaMessageId, outcome: Outcome) => {
    for (const waiter of waitersOf(deviceId, waMessageId)) {
      waiter.known = outcome;
      if (isSettled(outcome.status)) waiter.end();
    }
  };
  const endAll = (deviceId: DeviceId) => {
    for (const waiters of byDevice.get(deviceId)?.values() ?? []) for (const waiter of waiters) waiter.end();
  };

  deps.events.subscribe(({ deviceId, waMessageId, status, error, refusal }) =>
    learn(deviceId, waMessageId, { status, error, refusal }),
  );
  deps.devices.subscribe((event) => {
    // What is under way stays in doubt until the device is back, and that may take as long as it wants.
    if (event.type === 'state-changed' && event.state.status !== 'connected') endAll(event.deviceId);
  });

  const read: Outcomes['read'] = async ({ deviceId, waMessageId }) => {
    const message = await deps.find(deviceId, waMessageId);
    if (message)
      learn(deviceId, waMessageId, { status: message.status, error: message.error, refusal: null });
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
    listen(message, timeoutMs) {
      const { deviceId, waMessageId } = message;
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      const messages = byDevice.get(deviceId) ?? new Map<WaMessageId, Set<Waiter>>();
      const waiters = messages.get(waMessageId) ?? new Set<Waiter>();
      const polling = deps.isHeard(deviceId) ? null : poll(message);
      const timer = clock.after(released ? 0 : timeoutMs, () => waiter.end());
      const waiter: Waiter = {
        known: ACCEPTED,
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
