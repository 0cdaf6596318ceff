import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import type { QueuedMessage } from './outbox-message.ts';
import { createOutboxRunner, type OutboxRunner } from './outbox-runner.ts';
import type { Reservation, RunnerDeps } from './runner-steps.ts';

export interface RunnersDeps extends Omit<RunnerDeps, 'socket'> {
  readonly devices: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  /** Throws DEVICE_NOT_CONNECTED. */
  readonly sockets: {
    socketOf(deviceId: DeviceId): Pick<WhatsAppSocket, 'send' | 'refreshRecipient'>;
  };
  /** The claims this process holds. */
  readonly leases: { held(): ReadonlyMap<DeviceId, number> };
  /** Resolves when what the device has heard so far is stored. */
  settled(deviceId: DeviceId): Promise<void>;
  /** How long a socket may take to say that everything it kept for us has come, in ms. */
  readonly catchUpPatienceMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The runners of the devices that are connected here; each lives with the sockets of its device. */
export interface OutboxRunners {
  /** Whether the device has an open socket here. */
  runs(deviceId: DeviceId): boolean;
  ring(deviceId: DeviceId): void;
  offer(message: QueuedMessage): void;
  /** See OutboxRunner. */
  reserve(message: QueuedMessage): Reservation | null;
  accepted(deviceId: DeviceId, waMessageId: WaMessageId): void;
  refused(message: { deviceId: DeviceId; waMessageId: WaMessageId; code: number }): Promise<boolean>;
  /** What says, once called, that the socket there is now has caught up. */
  caughtUp(deviceId: DeviceId): () => void;
  /** Devices that hear of new messages of this kind only by being rung. */
  unaware(kind: 'singles' | 'jobs'): DeviceId[];
  /** Begins nothing more; resolves when nothing is under way. */
  drain(): Promise<void>;
}

export function startOutboxRunners(deps: RunnersDeps): OutboxRunners {
  const { clock, log, leases, sockets, pacer } = deps;
  const runners = new Map<DeviceId, OutboxRunner>();
  const connected = new Set<DeviceId>();
  /** Whether the latest socket of a device has caught up; it may, before it counts as open. */
  const catchUps = new Map<DeviceId, PromiseWithResolvers<void>>();
  let draining = false;

  const catchUpOf = (deviceId: DeviceId) => {
    const catchUp = catchUps.get(deviceId) ?? Promise.withResolvers<void>();
    catchUps.set(deviceId, catchUp);
    return catchUp;
  };
  /** With what came before it stored; when the socket never says so, after a while. */
  const waitForCatchUp = async (deviceId: DeviceId): Promise<void> => {
    const catchUp = catchUpOf(deviceId);
    const timer = clock.after(deps.catchUpPatienceMs, catchUp.resolve);
    await catchUp.promise;
    timer.cancel();
    await deps.settled(deviceId);
  };
  const runnerOf = (deviceId: DeviceId): OutboxRunner => {
    const known = runners.get(deviceId);
    if (known) return known;
    const runner = createOutboxRunner(deviceId, { ...deps, socket: () => sockets.socketOf(deviceId) });
    runners.set(deviceId, runner);
    return runner;
  };
  const open = (deviceId: DeviceId): void => {
    if (connected.has(deviceId) || draining) return;
    connected.add(deviceId);
    const epoch = leases.held().get(deviceId);
    if (epoch === undefined) log.warn({ deviceId }, 'a connected device is not claimed: nothing is sent');
    else runnerOf(deviceId).opened({ epoch, caughtUp: () => waitForCatchUp(deviceId) });
  };
  const close = (deviceId: DeviceId): void => {
    if (connected.delete(deviceId)) runners.get(deviceId)?.closed();
  };

  deps.devices.subscribe((event) => {
    const { deviceId } = event;
    if (event.type === 'removed') {
      close(deviceId);
      runners.delete(deviceId);
      catchUps.delete(deviceId);
      pacer.forget(deviceId);
    }
    if (event.type !== 'state-changed') return;
    const { status } = event.state;
    if (status === 'connected') return open(deviceId);
    close(deviceId);
    if (status === 'connecting') catchUps.delete(deviceId);
  });

  return {
    runs: (deviceId) => connected.has(deviceId),
    ring: (deviceId) => runners.get(deviceId)?.ring(),
    offer: (message) => runners.get(message.deviceId)?.offer(message),
    reserve: (message) => runners.get(message.deviceId)?.reserve(message) ?? null,
    accepted: (deviceId, waMessageId) => runners.get(deviceId)?.accepted(waMessageId),
    refused: async ({ deviceId, waMessageId, code }) =>
      (await runners.get(deviceId)?.refused(waMessageId, code)) ?? false,
    caughtUp: (deviceId) => catchUpOf(deviceId).resolve,
    unaware: (kind) =>
      [...runners].filter(([, runner]) => runner.isUnaware(kind)).map(([deviceId]) => deviceId),
    async drain() {
      draining = true;
      await Promise.all([...runners.values()].map((runner) => runner.drain()));
    },
  };
}
