import type { DeviceEvent } from '../../src/devices/device-events.ts';
import type { DeviceState } from '../../src/devices/device-state.ts';
import type { DeviceView } from '../../src/devices/device-view.ts';
import { DEFAULT_PACING, mergePacing, type PacingPatch } from '../../src/devices/pacing-settings.ts';
import { type ContactBook, createContactBook } from '../../src/outbox/contact-book.ts';
import type { ContactNote, ContactRepository } from '../../src/outbox/contact-repository.ts';
import type { DeviceHealth } from '../../src/outbox/device-health.ts';
import { createDeviceHealthKeeper, type DeviceHealthKeeper } from '../../src/outbox/device-health-keeper.ts';
import { startHealthSignals } from '../../src/outbox/device-health-signals.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import type { QueuedMessage } from '../../src/outbox/outbox-message.ts';
import type { PaceDecision } from '../../src/outbox/pacer.ts';
import type { PacingRepository } from '../../src/outbox/pacing-repository.ts';
import { createPacingService, type PacingService } from '../../src/outbox/pacing-service.ts';
import type { MinuteCount } from '../../src/outbox/pacing-window.ts';
import type { SendSignals } from '../../src/outbox/send-signals.ts';
import { createEventBus, type EventBus } from '../../src/shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { AccountRestrictions } from '../../src/whatsapp/account-restriction.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { ReceivedMessage } from '../../src/whatsapp/socket.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export const ANA = 'ana' as DeviceId;
export const ACCOUNT = '6281200000001@s.whatsapp.net' as Jid;

/** Pacing of one device `ana`; the tables, WhatsApp and the time are in the hands of the test. */
export interface PacingWorld {
  readonly clock: ManualClock;
  readonly pacing: PacingService;
  readonly signals: SendSignals;
  readonly health: DeviceHealthKeeper;
  readonly contacts: ContactBook;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly outboxEvents: EventBus<OutboxEvent>;
  /** What the tables hold; they outlive `restarted`. */
  readonly tables: PacingTables;
  /** What WhatsApp answers when it is asked; null: the device is not connected. */
  restrictions: AccountRestrictions | null;
  settings(patch: PacingPatch): void;
  /** Asks for a message and, when it may go, sends it. */
  send(to: Jid, message?: Partial<QueuedMessage>): Promise<Sent>;
  /** Somebody writes to the device. */
  writes(from: Jid, message?: Partial<ReceivedMessage>): void;
  connects(account?: Jid): void;
  outcome(waMessageId: WaMessageId, status: OutboxEvent['status'], refusal?: number): void;
  /** Moves the clock and lets what waits for promises go on. */
  pass(ms: number): Promise<void>;
  /** Another process on the same tables. */
  restarted(): PacingWorld;
}

export type Sent = PaceDecision & { readonly waMessageId: WaMessageId };

export interface PacingTables {
  readonly contacts: Map<string, ContactNote>;
  readonly health: Map<DeviceId, DeviceHealth>;
  readonly sent: { at: Date; lane: string | null; isJobItem: boolean; id: WaMessageId; isOpen: boolean }[];
  patch: PacingPatch;
  /** How often the tables were read and written. */
  reads: number;
  writes: number;
  /** Makes everything reject; null ends it. */
  failure: Error | null;
}

export function createPacingWorld(
  clock: ManualClock = createManualClock(),
  tables: PacingTables = emptyTables(),
): PacingWorld {
  const bus = <Event>(): EventBus<Event> =>
    createEventBus((error) => {
      throw error;
    });
  const [deviceEvents, outboxEvents] = [bus<DeviceEvent>(), bus<OutboxEvent>()];
  const log = silentLogger;
  const contacts = createContactBook({ repository: contactTable(tables), clock, log });
  const health = createDeviceHealthKeeper({ repository: healthTable(tables), clock, log });
  const pacing = createPacingService({
    history: outboxTable(tables),
    settingsOf: async () => mergePacing(DEFAULT_PACING, (await read(tables)).patch),
    contacts,
    health,
    random: { bytes: (count) => Buffer.alloc(count), next: () => 0.5 },
    clock,
    log,
  });
  const signals = startHealthSignals({
    health,
    contacts,
    pacing,
    devices: deviceEvents,
    outbox: outboxEvents,
    sockets: {
      socketOf() {
        const { restrictions } = world;
        if (!restrictions) throw new Error('not connected');
        return { askRestrictions: async () => restrictions };
      },
    },
    clock,
    log,
  });
  let count = 0;

  const world: PacingWorld = {
    clock,
    pacing,
    signals,
    health,
    contacts,
    deviceEvents,
    outboxEvents,
    tables,
    restrictions: { reachoutLock: { until: null }, messageCap: { level: 'none', until: null } },
    settings(patch) {
      tables.patch = patch;
      pacing.settingsChanged(ANA);
    },
    async send(to, fields = {}) {
      count += 1;
      const waMessageId = `W${count}-${clock.monotonic()}` as WaMessageId;
      const message = toMessage({ to, waMessageId, id: String(count), ...fields });
      const decision = await pacing.pace(message, clock.now());
      if (decision.kind === 'wait') return { ...decision, waMessageId };
      const isJobItem = message.jobId !== undefined;
      const { lane } = decision;
      tables.sent.push({ at: clock.now(), lane, isJobItem, id: waMessageId, isOpen: true });
      pacing.sent(message, clock.now());
      signals.onAccepted(message);
      return { ...decision, waMessageId };
    },
    writes: (from, fields) =>
      deviceEvents.publish({
        type: 'message',
        deviceId: ANA,
        message: toReceived(from, clock.now(), fields),
        isJournalled: true,
      }),
    connects(account = ACCOUNT) {
      const state: DeviceState = {
        status: 'connected',
        jid: account,
        lid: null,
        since: clock.now(),
        syncPercent: null,
      };
      deviceEvents.publish({ type: 'state-changed', deviceId: ANA, state, view: {} as DeviceView });
    },
    outcome(waMessageId, status, refusal) {
      for (const row of tables.sent) if (row.id === waMessageId) row.isOpen = false;
      const news = { error: null, jobId: null, dueAt: null, refusal: refusal ?? null };
      outboxEvents.publish({ type: 'status-changed', deviceId: ANA, waMessageId, status, ...news });
    },
    async pass(ms) {
      clock.advance(ms);
      for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
    },
    restarted: () => createPacingWorld(clock, tables),
  };
  return world;
}

/** Sends to `count` strangers; the first `delivered` of the messages arrive, the others are refused. */
export async function sendToStrangers(world: PacingWorld, count: number, delivered: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { waMessageId } = await world.send(
      `62899000${String(index).padStart(4, '0')}@s.whatsapp.net` as Jid,
    );
    if (index < delivered) world.outcome(waMessageId, 'delivered');
    else world.outcome(waMessageId, 'failed', 404);
  }
}

function emptyTables(): PacingTables {
  return { contacts: new Map(), health: new Map(), sent: [], patch: {}, reads: 0, writes: 0, failure: null };
}

async function read(tables: PacingTables): Promise<PacingTables> {
  tables.reads += 1;
  if (tables.failure) throw tables.failure;
  return tables;
}

async function write(tables: PacingTables): Promise<void> {
  tables.writes += 1;
  if (tables.failure) throw tables.failure;
}

function contactTable(tables: PacingTables): ContactRepository {
  const warm = async (deviceId: DeviceId) => {
    await read(tables);
    return [...tables.contacts.values()].flatMap((note) =>
      note.deviceId === deviceId && note.inbound ? [{ jid: note.jid, lastInboundAt: note.inbound.last }] : [],
    );
  };
  return {
    async note(notes) {
      await write(tables);
      for (const note of notes) {
        const key = `${note.deviceId} ${note.jid}`;
        const before = tables.contacts.get(key);
        const { inbound = null, outbound = null } = before ?? {};
        tables.contacts.set(key, {
          ...note,
          inbound: note.inbound ?? inbound,
          outbound: note.outbound ?? outbound,
        });
      }
    },
    warm: async (deviceId, limit) => (await warm(deviceId)).slice(0, limit),
    warmAmong: async (deviceId, jids) => (await warm(deviceId)).filter(({ jid }) => jids.includes(jid)),
    async forgetAll() {
      await write(tables);
      tables.contacts.clear();
    },
  };
}

function healthTable(tables: PacingTables) {
  return {
    find: async (deviceId: DeviceId) => (await read(tables)).health.get(deviceId) ?? null,
    async save(deviceId: DeviceId, health: DeviceHealth) {
      await write(tables);
      tables.health.set(deviceId, health);
    },
  };
}

function outboxTable(tables: PacingTables): PacingRepository {
  const since = async (time: Date) => (await read(tables)).sent.filter(({ at }) => at >= time);
  return {
    async minuteCounts(_, time) {
      const minutes = new Map<number, MinuteCount>();
      for (const { at, lane } of await since(time)) {
        const minute = Math.floor(at.getTime() / 60_000);
        const { total, cold } = minutes.get(minute) ?? { total: 0, cold: 0 };
        const counts = { total: total + (lane === 'reply' ? 0 : 1), cold: cold + (lane === 'cold' ? 1 : 0) };
        minutes.set(minute, { minute, ...counts });
      }
      return [...minutes.values()];
    },
    lastJobItemAt: async (_, time) => (await since(time)).findLast(({ isJobItem }) => isJobItem)?.at ?? null,
    awaited: async (_, time) =>
      (await since(time))
        .filter(({ lane, isOpen }) => lane === 'cold' && isOpen)
        .map(({ id, at }) => ({ waMessageId: id, sentAt: at })),
  };
}

function toMessage(
  fields: Pick<QueuedMessage, 'to' | 'waMessageId' | 'id'> & Partial<QueuedMessage>,
): QueuedMessage {
  return {
    deviceId: ANA,
    kind: 'text',
    text: 'hello',
    content: null,
    source: fields.jobId === undefined ? 'api' : 'job',
    dueAt: new Date(0),
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt: null,
    attempts: 0,
    error: null,
    ...fields,
  };
}

function toReceived(chat: Jid, timestamp: Date, fields: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return {
    waMessageId: 'IN' as WaMessageId,
    chat,
    chatAlt: null,
    participant: null,
    participantAlt: null,
    fromMe: false,
    pushName: null,
    type: 'text',
    text: 'hi',
    quotedWaMessageId: null,
    timestamp,
    ...fields,
  };
}
