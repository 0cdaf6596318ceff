import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { within } from '../wakeups/within.ts';
import type { OutboxEvent } from './outbox-events.ts';
import type { Advance, OutboxRepository } from './outbox-repository.ts';
import { persistently } from './persistently.ts';
import { refusalError } from './send-reaction.ts';
import type { SendSignals } from './send-signals.ts';

export interface RecorderDeps {
  readonly devices: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  readonly repository: Pick<OutboxRepository, 'advance'>;
  publish(event: OutboxEvent): void;
  /** Whoever has this message under way decides what a refusal means; false when nobody has. */
  refused(message: { deviceId: DeviceId; waMessageId: WaMessageId; code: number }): Promise<boolean>;
  /** What to call when everything heard before is stored; asked at the moment WhatsApp said that we caught up. */
  caughtUp(deviceId: DeviceId): () => void;
  readonly signals: Pick<SendSignals, 'onDelivered'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Stores acks, refusals and receipts in the order in which each device heard them, then tells of them. */
export interface ReceiptRecorder {
  /** Resolves when what the device has heard so far is stored. */
  settled(deviceId: DeviceId): Promise<void>;
  /** Resolves when everything heard so far is stored, or cannot be in `patienceMs`. */
  drain(patienceMs: number): Promise<void>;
}

/** The work of each device is a line of promises; nothing is dropped while the database is away. */
export function startReceiptRecorder(deps: RecorderDeps): ReceiptRecorder {
  const { repository, clock, log } = deps;
  const lines = new Map<DeviceId, Promise<void>>();
  let abandoned = false;

  deps.devices.subscribe((event) => {
    const work = workFor(event);
    if (work) append(event.deviceId, work);
  });

  function append(deviceId: DeviceId, work: () => Promise<void>): void {
    const before = lines.get(deviceId);
    const run = () =>
      persistently(work, {
        clock,
        isWanted: () => !abandoned,
        onFailure: (error) => log.warn({ deviceId, err: error }, 'news of a message not stored yet'),
      });
    const line: Promise<void> = (before?.then(run) ?? run()).then(() => {
      if (lines.get(deviceId) === line) lines.delete(deviceId);
    });
    lines.set(deviceId, line);
  }

  function workFor(event: DeviceEvent): (() => Promise<void>) | null {
    const { deviceId } = event;
    switch (event.type) {
      case 'ack': {
        const advance: Advance = {
          waMessageIds: [event.waMessageId],
          status: 'server_ack',
          at: clock.now(),
        };
        return () => store(deviceId, advance);
      }
      case 'nack':
        return () => refuse(deviceId, event.waMessageId, event.code);
      case 'receipt': {
        const { waMessageIds, kind: status, at } = event;
        return () => store(deviceId, { waMessageIds, status, at });
      }
      case 'caught-up': {
        const open = deps.caughtUp(deviceId);
        return async () => open();
      }
      default:
        return null;
    }
  }

  async function store(deviceId: DeviceId, advance: Advance, refusal: number | null = null) {
    const { status, error = null } = advance;
    for (const waMessageId of await repository.advance(deviceId, advance)) {
      if (status === 'delivered') deps.signals.onDelivered({ deviceId, waMessageId });
      const news = { status, error, refusal, jobId: null, dueAt: null };
      deps.publish({ type: 'status-changed', deviceId, waMessageId, ...news });
    }
  }

  async function refuse(deviceId: DeviceId, waMessageId: WaMessageId, code: number) {
    if (await deps.refused({ deviceId, waMessageId, code })) return;
    const error = refusalError(code);
    await store(deviceId, { waMessageIds: [waMessageId], status: 'failed', at: clock.now(), error }, code);
  }

  return {
    async settled(deviceId) {
      await lines.get(deviceId);
    },
    async drain(patienceMs) {
      const stored = await within(clock, patienceMs, Promise.all(lines.values()));
      abandoned = true;
      if (stored === 'late')
        log.warn({ devices: lines.size }, 'stopped before all news of messages was stored');
    },
  };
}
