import type { Database } from '../../src/database/database.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import type { DeviceView } from '../../src/devices/device-view.ts';
import { createOutbox, type Outbox } from '../../src/outbox/outbox.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import type { WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { ManualClock } from '../fakes/manual-clock.ts';
import { deviceId, EPOCH } from './outbox-rows.ts';

/** The outbox of one process on a real database. No ring leaves it, and WhatsApp is in the hands of the test. */
export interface OutboxPart {
  readonly outbox: Outbox;
  /** What was handed to WhatsApp, in order. */
  readonly sent: WaMessageId[];
  /** What became of messages, in order. */
  readonly told: OutboxEvent[];
  /** Opens the socket of the device: from then on this process sends for it. */
  connect(): void;
  /** Lets time pass, a second at a time, until it is so, or for `withinMs`; resolves with whether it is. */
  passUntil(isSo: () => boolean, withinMs: number): Promise<boolean>;
}

interface PartOptions {
  readonly clock: ManualClock;
  /** The code with which WhatsApp refuses a message; null, also when left out: it takes it. */
  readonly refusal?: (waMessageId: WaMessageId) => number | null;
}

export function createOutboxPart(database: Database, { clock, refusal }: PartOptions): OutboxPart {
  const strict = (error: unknown) => {
    throw error;
  };
  const devices = createEventBus<DeviceEvent>(strict);
  const events = createEventBus<OutboxEvent>(strict);
  const sent: WaMessageId[] = [];
  const told: OutboxEvent[] = [];
  events.subscribe((event) => void told.push(event));
  const socket = {
    async send({ waMessageId }: { waMessageId: WaMessageId }) {
      sent.push(waMessageId);
      const code = refusal?.(waMessageId) ?? null;
      setImmediate(() =>
        devices.publish(
          code === null
            ? { type: 'ack', deviceId, waMessageId }
            : { type: 'nack', deviceId, waMessageId, code },
        ),
      );
    },
    async refreshRecipient() {},
  };
  const outbox = createOutbox({
    database,
    devices,
    events,
    clock,
    sockets: { socketOf: () => socket },
    leases: { held: () => new Map([[deviceId, EPOCH]]) },
    owners: { isConnected: async () => false },
    wakeups: { ring: async () => {}, handle() {} },
    pacer: { pace: () => ({ kind: 'send', lane: null, warnings: [] }), sent() {}, forget() {} },
    signals: { onAccepted() {}, onReachoutLocked() {}, onRateLimited() {}, onDelivered() {} },
    log: silentLogger,
  });
  return {
    outbox,
    sent,
    told,
    connect() {
      const state = { status: 'connected', jid: '6281200000001:1@s.whatsapp.net' as Jid } as const;
      devices.publish({ type: 'state-changed', deviceId, state, view: {} as DeviceView } as DeviceEvent);
    },
    async passUntil(isSo, withinMs) {
      for (let passed = 0; passed < withinMs && !isSo(); passed += 1_000) {
        clock.advance(1_000);
        for (let turn = 0; turn < 5; turn += 1) await roundTrip(database);
      }
      return isSo();
    },
  };
}

/** What was asked of the database before has been answered by then, and whoever waited for it went on. */
async function roundTrip(database: Database): Promise<void> {
  await database.ping();
  await new Promise((resolve) => setImmediate(resolve));
}

/** The same database for a process that tells of a write before it is one; what `die` finds unwritten is lost. */
export function hasty(database: Database): Database & { die(): void } {
  const unwritten: (() => Promise<unknown>)[] = [];
  const later = (write: () => Promise<unknown>) => {
    unwritten.push(write);
    setImmediate(
      () =>
        void unwritten
          .shift()?.()
          .catch(() => {}),
    );
  };
  return {
    ...database,
    async run(statement) {
      later(() => database.run(statement));
      return { changes: 1 };
    },
    async writeAtomically(batch) {
      later(() => database.writeAtomically(batch));
      return { changes: batch.statements.map(() => 1) };
    },
    die: () => void unwritten.splice(0),
  };
}

/** The same database for a process that does not count how often it tried. */
export function forgetful(database: Database): Database {
  return {
    ...database,
    run: ({ text, params }) =>
      database.run({ text: text.replace('attempts = attempts + 1', 'attempts = 0'), params }),
  };
}
