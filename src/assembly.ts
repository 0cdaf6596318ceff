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
import { createInboundIngest } from './inbound/inbound-ingest.ts';
import { createInboundRepository } from './inbound/inbound-repository.ts';
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
import type { Outbox } from './outbox/outbox.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import { createOutboxHost } from './outbox-host.ts';
import { createPacingHost, type PacingHost } from './pacing-host.ts';
import { dutiesOf } from './roles.ts';
import { createScheduleHost } from './schedule-host.ts';
import { createSendingHost, type SendingHostDeps } from './sending-host.ts';
import { createEventBus, type EventBus } from './shared/event-bus.ts';
import type { DeviceId, WaMessageId } from './shared/ids.ts';
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
  const { config, clock, ids, log, foundation } = ground;
  const { database } = foundation;
  const buses = createBuses(ground);
  const feed = createEventFeed({ bus: buses.live, capacity: REMEMBERED_EVENTS });
  const stores = createStores(ground);
  const { devices, messages, owners } = stores;
  const senders = createSenders(ground, { ...stores, buses });
  const { manager, pacing, outbox } = senders;
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
  const { health } = pacing;
  return {
    ...stores,
    ...senders,
    topics,
    recorder,
    feed,
    deviceService: createDeviceService({ devices, manager, health, clock, defaultCountry }),
    messageService: createMessageService({ devices, outbox, messages, ids, clock, defaultCountry }),
    ...createOrders({ ...ground, database, devices, outbox, feed }, { pacing, buses }),
  };
}

/** What other parts read and write. */
function createStores({ config, clock, ids, log, foundation }: Ground) {
  const { database, keyRing } = foundation;
  return {
    devices: createDeviceRepository({ database, clock, proxySealer: createProxySealer(keyRing) }),
    messages: createMessageRepository({ database, clock }),
    leases: createLeaseKeeper({ database, clock, ids, log, dataDir: config.dataDir }),
    owners: createLeaseOwners({ database, clock }),
  };
}

/** Devices with their sockets, where the role has them, and what sends through them. */
function createSenders(ground: Ground, parts: ReturnType<typeof createStores> & { buses: Buses }) {
  const { config, clock, log, foundation, wakeups } = ground;
  const { leases, owners, devices, buses } = parts;
  const ownerWakeups = ringOwners({ wakeups, topic: 'outbox', nodeOf: owners.nodeOf, log });
  const findSentText = async ({ deviceId, waMessageId }: SentMessageName) =>
    (await outbox.find(deviceId, waMessageId))?.text ?? null;
  const inbound = createInboundIngest({
    ...ground,
    repository: createInboundRepository(foundation.database),
    published: buses.messages,
  });
  const manager: DeviceManager = dutiesOf(config.role).sockets
    ? createDeviceHost({ ...ground, leases, devices, bus: buses.devices, inbound, findSentText })
    : createSocketlessManager({ clock });
  const common = {
    ...ground,
    database: foundation.database,
    devices,
    manager,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
  };
  const pacing = createPacingHost(common);
  const outbox: Outbox = createOutboxHost({ ...common, leases, owners, pacing, wakeups: ownerWakeups });
  return { manager, pacing, outbox, ownerWakeups };
}

interface SentMessageName {
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}

/** What callers may ask for beside a single message, and the work behind it. */
function createOrders(
  common: Ground & Pick<SendingHostDeps, 'database' | 'devices' | 'outbox' | 'feed'>,
  { pacing, buses }: { pacing: PacingHost; buses: Buses },
) {
  const { config } = common;
  const wakeups = dutiesOf(config.role).workers ? common.wakeups : forOthers(common.wakeups, config.redisUrl);
  const sending = createSendingHost({
    ...common,
    wakeups,
    forecast: pacing.warningsFor,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
  });
  const scheduling = createScheduleHost({ ...common, wakeups });
  const work: WorkToStart = { ...sending.work, ...scheduling.work };
  return { sending, scheduling, work };
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
