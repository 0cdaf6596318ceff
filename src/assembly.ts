import { type AlertHostDeps, createAlertHost } from './alert-host.ts';
import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import { createChatHistoryHost, createChatStoreHost } from './chat-store-host.ts';
import { createChatbotHost } from './chatbot-host.ts';
import { createContactService } from './contacts/contact-service.ts';
import { createNumberChecks } from './contacts/number-checks.ts';
import { createDeviceHost } from './device-host.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { createDeviceRepository } from './devices/device-repository.ts';
import { createDeviceService } from './devices/device-service.ts';
import { createProxySealer } from './devices/proxy-sealer.ts';
import { createSocketlessManager } from './devices/socketless-manager.ts';
import { createEventHost, type EventHost } from './event-host.ts';
import { bridgeDeviceEvents } from './events/device-event-bridge.ts';
import { bridgeOutboxEvents } from './events/outbox-live-events.ts';
import type { Foundation } from './foundation.ts';
import { createGroupService } from './groups/group-service.ts';
import { createHistoryHost, type HistoryHost } from './history-host.ts';
import { createLeaseKeeper } from './leases/lease-keeper.ts';
import { createLeaseOwners } from './leases/lease-owners.ts';
import { createMediaSendingHost, type MediaSendingHost } from './media-sending-host.ts';
import type { MessageEvent } from './messages/message-events.ts';
import { createMessageRepository } from './messages/message-repository.ts';
import { createMessageService } from './messages/message-service.ts';
import { measureDevices } from './metrics/device-metrics.ts';
import { measureFleet } from './metrics/fleet-metrics.ts';
import { measureReceived } from './metrics/message-metrics.ts';
import type { Metrics } from './metrics/metrics.ts';
import { measureOutbox } from './metrics/outbox-metrics.ts';
import { measureWakeups } from './metrics/wakeup-metrics.ts';
import { otpWork } from './otp-host.ts';
import type { Outbox } from './outbox/outbox.ts';
import { contentOf } from './outbox/outbox-content.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import { createOutboxHost } from './outbox-host.ts';
import { createPacingHost, type PacingHost } from './pacing-host.ts';
import { createReceivedMediaHost, type ReceivedMediaHost } from './received-media-host.ts';
import { createRecipientHost } from './recipient-host.ts';
import { dutiesOf } from './roles.ts';
import { createScheduleHost } from './schedule-host.ts';
import { createSendingHost, type SendingHostDeps } from './sending-host.ts';
import { createSessionBackupHost } from './session-backup-host.ts';
import { createEventBus, type EventBus } from './shared/event-bus.ts';
import { ringOwners } from './wakeups/owner-wakeups.ts';
import { TOPICS, type Topic, type Wakeups } from './wakeups/wakeups.ts';
import { createWebhookHost } from './webhook-host.ts';
import type { SentMessageName } from './whatsapp/outgoing.ts';

/** What the parts stand on. */
export interface Ground extends Basics {
  readonly foundation: Foundation;
  readonly wakeups: Wakeups;
  readonly metrics: Metrics;
}

export type Parts = ReturnType<typeof assemble>;

/** Makes the parts and connects them: calls go down by reference, news goes up over the buses. */
export function assemble(ground: Ground) {
  const { config, clock, ids, foundation } = ground;
  const { database } = foundation;
  const buses = createBuses(ground);
  const eventHost = createEventHost({ ...ground, database });
  const { feed, eventLog } = eventHost;
  const stores = createStores(ground);
  const { devices, messages, owners } = stores;
  const history = createHistoryHost({
    ...ground,
    database,
    keyRing: foundation.keyRing,
    devices,
    deviceEvents: buses.devices,
    messageEvents: buses.messages,
    outboxEvents: buses.outbox,
    eventLog,
    findSent: (deviceId, waMessageId) => senders.outbox.find(deviceId, waMessageId),
    eraseChats: (deviceId) => senders.chatStores.erase(deviceId),
  });
  const files = createMediaSendingHost({ ...ground, database });
  const senders = createSenders(ground, { ...stores, buses, history, files });
  const { manager, pacing, outbox } = senders;
  const received = createReceivedMediaHost({ ...ground, ...foundation, devices, sockets: manager });
  bridgeDeviceEvents({ devices: buses.devices, feed, ids, clock });
  bridgeOutboxEvents({ outbox: buses.outbox, feed, ids, clock });
  const topics = async (): Promise<readonly Topic[]> => [
    ...TOPICS.filter((topic) => topic !== 'outbox'),
    ...(await owners.liveNodes()).map((nodeId) => `outbox@${nodeId}` as const),
  ];
  measure(ground, { ...buses, topics });
  const { defaultCountry } = config.whatsapp;
  const { health } = pacing;
  const deviceService = createDeviceService({ devices, manager, health, clock, defaultCountry });
  const people = createRecipientHost({ ...ground, database });
  return {
    ...stores,
    ...senders,
    files,
    history,
    topics,
    eventHost,
    received,
    people,
    deviceEvents: buses.devices,
    contactService: createContactService({
      devices,
      sockets: manager,
      messages,
      checks: createNumberChecks(clock),
      defaultCountry,
    }),
    sessionBackups: createSessionBackupHost({ ...ground, devices, manager }),
    groupService: createGroupService({ devices, sockets: manager, defaultCountry }),
    deviceService,
    messageService: createMessageService({ devices, outbox, messages, ids, clock, defaultCountry }),
    ...createOrders(
      { ...ground, database, devices, messages, outbox, feed, deviceService, people },
      { pacing, buses, eventHost, history, files, ...received },
    ),
  };
}

/** What other parts read and write. */
function createStores({ config, clock, ids, log, foundation, tuning }: Ground) {
  const { database, keyRing } = foundation;
  return {
    devices: createDeviceRepository({ database, clock, proxySealer: createProxySealer(keyRing) }),
    messages: createMessageRepository({ database, clock }),
    leases: createLeaseKeeper({ database, clock, ids, log, dataDir: config.dataDir, ...tuning?.leaseTimes }),
    owners: createLeaseOwners({ database, clock }),
  };
}

/** Devices with their sockets, where the role has them, and what sends through them. */
function createSenders(
  ground: Ground,
  parts: ReturnType<typeof createStores> & { buses: Buses; history: HistoryHost; files: MediaSendingHost },
) {
  const { config, clock, log, foundation, wakeups } = ground;
  const { leases, owners, devices, buses, history, files } = parts;
  const ownerWakeups = ringOwners({ wakeups, topic: 'outbox', nodeOf: owners.nodeOf, log });
  const findSent = async ({ deviceId, waMessageId }: SentMessageName) => {
    const sent = await outbox.findForRecipient(deviceId, waMessageId);
    return sent && { to: sent.to, content: contentOf(sent), at: sent.createdAt };
  };
  const chatStores = createChatStoreHost({
    ...ground,
    deviceEvents: buses.devices,
    messageEvents: buses.messages,
    mayKeep: history.mayKeepBodies,
  });
  const { manager, whatsAppVersion } = dutiesOf(config.role).sockets
    ? createDeviceHost({
        ...ground,
        leases,
        devices,
        bus: buses.devices,
        inbound: history.ingest,
        findSent,
        eraseChatStore: chatStores.erase,
        blobs: files.blobs,
      })
    : { manager: createSocketlessManager({ clock }), whatsAppVersion: null };
  const common = {
    ...ground,
    database: foundation.database,
    devices,
    manager,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
    onAccepted: chatStores.sent,
  };
  const pacing = createPacingHost(common);
  const outbox: Outbox = createOutboxHost({ ...common, leases, owners, pacing, wakeups: ownerWakeups });
  const chats = createChatHistoryHost({ ...common, stores: chatStores, outbox, timezone: config.timezone });
  return { manager, whatsAppVersion, pacing, outbox, ownerWakeups, chats, chatStores };
}

/** What callers may ask for beside a single message, and the work behind it. */
function createOrders(
  common: Ground &
    Pick<SendingHostDeps, 'database' | 'devices' | 'messages' | 'outbox' | 'feed'> &
    Pick<AlertHostDeps, 'deviceService' | 'people'>,
  parts: {
    pacing: PacingHost;
    buses: Buses;
    eventHost: EventHost;
    history: HistoryHost;
    files: MediaSendingHost;
    receivedMedia: ReceivedMediaHost['receivedMedia'];
  },
) {
  const { config } = common;
  const { pacing, buses, eventHost, history, files, receivedMedia } = parts;
  const wakeups = dutiesOf(config.role).workers ? common.wakeups : forOthers(common.wakeups, config.redisUrl);
  const sending = createSendingHost({
    ...common,
    mediaIntake: files.mediaIntake,
    receivedMedia,
    wakeups,
    forecast: pacing.warningsFor,
    deviceEvents: buses.devices,
    outboxEvents: buses.outbox,
  });
  const scheduling = createScheduleHost({ ...common, wakeups });
  const events = eventHost.eventLog;
  const answering = createChatbotHost({ ...common, keyRing: common.foundation.keyRing, wakeups, events });
  const posting = createWebhookHost({ ...common, keyRing: common.foundation.keyRing, wakeups, events });
  const alerting = createAlertHost({ ...common, ...files, wakeups, events });
  const work: WorkToStart = {
    ...sending.work,
    ...scheduling.work,
    ...answering.work,
    ...posting.work,
    ...alerting.work,
    ...otpWork(common),
    ...eventHost.work,
    ...history.work,
    ...files.work,
    ...common.foundation.people.work,
  };
  return { sending, scheduling, answering, posting, alerting, work };
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
