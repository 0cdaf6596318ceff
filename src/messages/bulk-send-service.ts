import type { Statement } from '../database/database.ts';
import type { Device } from '../devices/device.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { type BulkResult, badItem, resultOf, waiting } from './bulk-result.ts';
import type { MediaItemReader, MediaReading } from './media-item.ts';
import { newMessage } from './new-message.ts';
import { createGroupTextItemReader, createTextItemReader } from './text-item.ts';

/** Several texts of one request, as a caller asked for them; the items have not been looked at. */
export interface BulkRequest {
  readonly deviceId: DeviceId;
  readonly kind: 'text' | 'group_text' | 'media';
  /** With `media`: where all items go; null: each says so itself. */
  readonly group?: Jid | null;
  readonly items: readonly unknown[];
  /** The gap between two items in ms; null: 2 to 5 s at random. */
  readonly delayMs: number | null;
  /** What to do while the device is not connected: refuse, or accept and send when it is. */
  readonly whileOffline: 'refuse' | 'queue';
}

/** What was accepted; goes through JSON. */
export interface BulkPlan {
  readonly deviceId: DeviceId;
  /** Every item in its order: those that were accepted still `queued`. */
  readonly results: readonly BulkResult[];
  /** When the last item is due; null when nobody waits for the items. */
  readonly lastDueAt: string | null;
}

export interface BulkOutcome {
  readonly results: BulkResult[];
  readonly successCount: number;
  readonly errorCount: number;
  /** Of the successes, those that WhatsApp has not taken yet. */
  readonly pendingCount: number;
}

export interface BulkSendDeps {
  devices: { find(deviceId: DeviceId): Promise<Device | null> };
  readMedia: MediaItemReader;
  outbox: Pick<Outbox, 'accept' | 'outcome' | 'ring' | 'isConnected' | 'isConnectedElsewhere'>;
  ids: Ids;
  clock: Clock;
  random: Random;
  defaultCountry: DefaultCountry;
}

export type BulkSendService = ReturnType<typeof createBulkSendService>;

/** The random gap between two items, in ms. */
const SHORTEST_GAP_MS = 2_000;
const LONGEST_GAP_MS = 5_000;
/** How long the server's ack of the last item is waited for, in ms. */
const ACK_TIMEOUT_MS = 25_000;
/** No answer takes longer than this, in ms: many HTTP clients give up after five minutes. */
const LONGEST_WAIT_MS = 240_000;
/** A row is due when the clock has reached its time; a ring must not come before, in ms. */
const RING_LATE_MS = 5;

/**
 * A few texts in one request, each with a result of its own: a bad one does not stop the others. They are rows of the
 * outbox as single sends are, due one after the other, so that they go out also when the caller is gone, and a single
 * message of the device goes in between.
 */
export function createBulkSendService(deps: BulkSendDeps) {
  const { devices, outbox, ids, clock, random } = deps;
  const readers = {
    text: createTextItemReader(deps.defaultCountry),
    group_text: createGroupTextItemReader(),
  };

  return {
    /**
     * Stores what can be sent, with `beside(plan, resourceId)` in one transaction. Throws DEVICE_NOT_FOUND and
     * DEVICE_NOT_CONNECTED.
     */
    async accept(
      request: BulkRequest,
      beside: (plan: BulkPlan, resourceId: string) => readonly Statement[],
    ): Promise<BulkPlan> {
      const { deviceId, items, whileOffline } = request;
      const isHere = outbox.isConnected(deviceId);
      if (!isHere && !(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
      const isConnected =
        isHere || (whileOffline === 'refuse' && (await outbox.isConnectedElsewhere(deviceId)));
      if (!isConnected && whileOffline === 'refuse') throw new AppError('DEVICE_NOT_CONNECTED', { deviceId });

      const messages: NewOutboxMessage[] = [];
      const read = await readAll(request);
      let dueAt = clock.now();
      const results = read.map((item, index) => {
        if ('problems' in item) return badItem(index, items[index], item.problems);
        if (messages.length > 0) dueAt = new Date(dueAt.getTime() + gapOf(request));
        const message = newMessage(ids, { deviceId, to: item.to, content: item.content, dueAt });
        messages.push(message);
        return waiting(index, message);
      });
      const lastDueAt = isConnected && messages.length > 0 ? dueAt.toISOString() : null;
      const plan: BulkPlan = { deviceId, results, lastDueAt };
      const statements = beside(plan, messages[0]?.id ?? ids.next());
      if (messages.length + statements.length > 0) await outbox.accept(messages, { beside: statements });
      for (const { dueAt: at } of messages.slice(1)) ringAt(deviceId, at);
      return plan;
    },

    /** Waits for the items, at most four minutes; what has not gone by then goes by itself. */
    async outcome({ deviceId, results, lastDueAt }: BulkPlan): Promise<BulkOutcome> {
      const timeoutMs = lastDueAt === null ? 0 : waitFor(lastDueAt);
      const settled = await Promise.all(
        results.map(async (result) => {
          if (result.messageId === null || lastDueAt === null) return result;
          return resultOf(result, await outbox.outcome(deviceId, result.messageId, timeoutMs));
        }),
      );
      const successCount = settled.filter(({ success }) => success).length;
      return {
        results: settled,
        successCount,
        errorCount: settled.length - successCount,
        pendingCount: settled.filter(({ status }) => status === 'queued' || status === 'sending').length,
      };
    },
  };

  async function readAll(request: BulkRequest): Promise<MediaReading[]> {
    const { deviceId, kind, items, group = null } = request;
    if (kind === 'media') return deps.readMedia(items, { deviceId, group });
    return items.map((given) => {
      const item = readers[kind](given);
      return 'problems' in item ? item : { to: item.to, content: { kind: 'text', text: item.text } };
    });
  }

  function gapOf({ delayMs }: BulkRequest): number {
    return delayMs ?? SHORTEST_GAP_MS + random.next() * (LONGEST_GAP_MS - SHORTEST_GAP_MS);
  }

  function waitFor(lastDueAt: string): number {
    const left = Math.max(0, Date.parse(lastDueAt) - clock.now().getTime());
    return Math.min(left + ACK_TIMEOUT_MS, LONGEST_WAIT_MS);
  }

  /** The outbox looks every few seconds; here somebody waits. */
  function ringAt(deviceId: DeviceId, at: Date): void {
    const delayMs = at.getTime() - clock.now().getTime();
    if (delayMs > 0) clock.after(delayMs + RING_LATE_MS, () => outbox.ring(deviceId));
  }
}
