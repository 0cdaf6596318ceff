import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import { createDeviceHost } from './device-host.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import { createDeviceRepository } from './devices/device-repository.ts';
import { createDeviceService } from './devices/device-service.ts';
import { createProxySealer } from './devices/proxy-sealer.ts';
import { createSocketlessManager } from './devices/socketless-manager.ts';
import { bridgeDeviceEvents } from './events/device-event-bridge.ts';
import { createEventFeed } from './events/event-feed.ts';
import type { LiveEvent } from './events/live-event.ts';
import { bridgeMessageEvents } from './events/message-live-events.ts';
import type { Foundation } from './foundation.ts';
import { createLeaseKeeper } from './leases/lease-keeper.ts';
import { createLeaseOwners } from './leases/lease-owners.ts';
import type { MessageEvent } from './messages/message-events.ts';
import { startMessageRecorder } from './messages/message-recorder.ts';
import { createMessageRepository } from './messages/message-repository.ts';
import { createMessageService } from './messages/message-service.ts';
import { measureDevices } from './metrics/device-metrics.ts';
import { measureFleet } from './metrics/fleet-metrics.ts';
import { measureReceived } from './metrics/message-metrics.ts';
import type { Metrics } from './metrics/metrics.ts';
import { measureOutbox } from './metrics/outbox-metrics.ts';
import { measureWakeups } from './metrics/wakeup-metrics.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import { createOutboxHost } from './outbox-host.ts';
import { createPacingHost } from './pacing-host.ts';
import { dutiesOf } from './roles.ts';
import { createScheduleHost } from './schedule-host.ts';
import { createSendingHost } from './sending-host.ts';
import { createEventBus, type EventBus } from './shared/event-bus.ts';
import { ringOwners } from './wakeups/owner-wakeups.ts';
import { TOPICS, type Topic, type Wakeups } from './wakeups/wakeups.ts';

/** What the parts stand on. */
export interface Ground extends Basics {
  readonly foundation: Foundation;
  readonly wakeups: Wakeups;
  readonly metrics: Metrics;
}

export type Parts = ReturnType<typeof assemble>;

/** How many live events a reader that lost its connection can catch up on. */
const REMEMBERED_EVENTS = 2_000;

/** Makes the parts and connects them: calls go down by reference, news goes up over the buses. */
export function assemble(ground: Ground) {
  const { config, clock, ids, log, foundation, wakeups } = ground;
  const { database, keyRing } = foundation;
  const buses = createBuses(ground);
  const feed = createEventFeed({ bus: buses.live, capacity: REMEMBERED_EVENTS });
  const devices = createDeviceRepository({ database, clock, proxySealer: createProxySealer(keyRing) });
  const messages = createMessageRepository({ database, clock });
  const leases = createLeaseKeeper({ database, clock, ids, log, dataDir: config.dataDir });
  const owners = createLeaseOwners({ database, clock });
  const ownerWakeups = ringOwners({ wakeups, topic: 'outbox', nodeOf: owners.nodeOf, log });
  const { sockets, workers } = dutiesOf(config.role);
  const manager: DeviceManager = sockets
    ? createDeviceHost({
        ...ground,
        leases,
        devices,
        bus: buses.devices,
        findSentText: async ({ deviceId, waMessageId }) =>
          (await outbox.find(deviceId, waMessageId))?.text ?? null,
      })
    : createSocketlessManager({ clock });
  const pacing = createPacingHost({
    ...ground,
    database,
    devices,
    manager,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
  });
  const outbox = createOutboxHost({
    ...ground,
    database,
    leases,
    owners,
    manager,
    pacing,
    wakeups: ownerWakeups,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
  });
  const recorder = startMessageRecorder({
    devices: buses.devices,
    messages,
    published: buses.messages,
    ids,
    clock,
    log,
  });
  bridgeDeviceEvents({ devices: buses.devices, feed, ids, clock });
  bridgeMessageEvents({ messages: buses.messages, outbox: buses.outbox, feed, ids, clock });
  const topics = async (): Promise<readonly Topic[]> => [
    ...TOPICS.filter((topic) => topic !== 'outbox'),
    ...(await owners.liveNodes()).map((nodeId) => `outbox@${nodeId}` as const),
  ];
  measure(ground, { ...buses, topics });
  const { defaultCountry } = config.whatsapp;
  const deviceService = createDeviceService({
    devices,
    manager,
    health: pacing.health,
    clock,
    defaultCountry,
  });
  const messageService = createMessageService({ devices, outbox, messages, ids, clock, defaultCountry });
  const workWakeups = workers ? wakeups : forOthers(wakeups, config.redisUrl);
  const sending = createSendingHost({
    ...ground,
    wakeups: workWakeups,
    database,
    devices,
    outbox,
    feed,
    forecast: pacing.warningsFor,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
  });
  const scheduling = createScheduleHost({
    ...ground,
    wakeups: workWakeups,
    database,
    devices,
    outbox,
    feed,
  });
  const work: WorkToStart = { ...sending.work, ...scheduling.work };
  return {
    devices,
    leases,
    ownerWakeups,
    topics,
    manager,
    recorder,
    outbox,
    feed,
    deviceService,
    messageService,
    pacing,
    sending,
    scheduling,
    work,
  };
}

/** A process that leaves the work to others rings for them; without Redis nobody hears, and their sweep finds the rows. */
function forOthers({ ring }: Wakeups, redisUrl: string | null): Pick<Wakeups, 'ring' | 'handle'> {
  return { ring: redisUrl === null ? async () => {} : ring, handle() {} };
}

type Buses = ReturnType<typeof createBuses>;

function createBuses({ log }: Basics) {
  const bus = <Event>(name: string): EventBus<Event> =>
    createEventBus((error) => log.error({ bus: name, err: error }, 'an event listener failed'));
  return {
    devices: bus<DeviceEvent>('devices'),
    messages: bus<MessageEvent>('messages'),
    outbox: bus<OutboxEvent>('outbox'),
    live: bus<LiveEvent>('live'),
  };
}

function measure(
  { metrics, foundation, wakeups, clock, log }: Ground,
  { topics, ...buses }: Buses & { topics(): Promise<readonly Topic[]> },
): void {
  const { instruments } = metrics;
  measureDevices(buses.devices, instruments);
  measureOutbox(buses.outbox, instruments);
  measureReceived(buses.messages, instruments);
  measureFleet({ metrics, database: foundation.database, clock, log });
  measureWakeups({ metrics, wakeups, topics, clock });
}
