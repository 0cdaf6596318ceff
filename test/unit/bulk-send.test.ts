import { describe, expect, it } from 'vitest';
import {
  type BulkRequest,
  type BulkSendDeps,
  createBulkSendService,
} from '../../src/messages/bulk-send-service.ts';
import type { Outcome } from '../../src/outbox/outbox.ts';
import type { NewOutboxMessage } from '../../src/outbox/outbox-message.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const shop = 'shop' as DeviceId;
const acked: Outcome = { status: 'server_ack', error: null, refusal: null };

function startBulk({ isConnected = true } = {}) {
  const clock = createManualClock();
  const random = createSeededRandom(7);
  const accepted: NewOutboxMessage[] = [];
  const rings: number[] = [];
  const waits: number[] = [];
  const outcomes: Outcome[] = [];
  const startedAt = clock.now().getTime();
  const outbox: BulkSendDeps['outbox'] = {
    accept: async (messages) => void accepted.push(...messages),
    async outcome(_deviceId, _messageId, timeoutMs) {
      waits.push(timeoutMs);
      return outcomes.shift() ?? acked;
    },
    ring: () => void rings.push(clock.now().getTime() - startedAt),
    isConnected: () => isConnected,
    isConnectedElsewhere: async () => false,
  };
  const service = createBulkSendService({
    devices: { find: async () => null },
    outbox,
    readMedia: async () => [],
    ids: createIds({ clock, random }),
    clock,
    random,
    defaultCountry: 'ID',
  });
  const ask = (fields: Partial<BulkRequest> = {}) =>
    service.accept(
      { deviceId: shop, kind: 'text', items: texts(4), delayMs: null, whileOffline: 'refuse', ...fields },
      () => [],
    );
  const dueAfter = () => accepted.map(({ dueAt }) => dueAt.getTime() - startedAt);
  return { service, ask, clock, accepted, rings, waits, outcomes, dueAfter };
}

const texts = (many: number): unknown[] =>
  Array.from({ length: many }, (_, index) => ({ to: '08123456789', message: `text ${index}` }));

describe('several texts of one request', () => {
  it('are due one after the other, 2 to 5 s apart', async () => {
    const { ask, dueAfter } = startBulk();
    await ask({ items: texts(50) });
    const due = dueAfter();
    expect(due[0]).toBe(0);
    const gaps = due.slice(1).map((at, index) => at - (due[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...gaps)).toBeLessThan(5_001);
    expect(new Set(gaps).size).toBeGreaterThan(40);
  });

  it('keep the delay that was asked for; bad ones take no time', async () => {
    const { ask, dueAfter } = startBulk();
    const [one, two, three] = texts(3);
    const { results } = await ask({ items: [one, { to: 'nobody' }, two, null, three], delayMs: 1_000 });
    expect(dueAfter()).toEqual([0, 1_000, 2_000]);
    expect(results.map(({ success }) => success)).toEqual([true, false, true, false, true]);
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  });

  it('ring when they are due, not before', async () => {
    const { ask, clock, rings } = startBulk();
    await ask({ delayMs: 1_000 });
    clock.advance(999);
    expect(rings).toEqual([]);
    clock.advance(10_000);
    expect(rings).toEqual([1_005, 2_005, 3_005]);
  });

  it('are waited for until the last one can have an answer, and never longer than four minutes', async () => {
    const { service, ask, waits } = startBulk();
    await service.outcome(await ask({ delayMs: 1_000 }));
    expect(new Set(waits)).toEqual(new Set([28_000]));
    waits.length = 0;
    await service.outcome(await ask({ delayMs: 600_000 }));
    expect(new Set(waits)).toEqual(new Set([240_000]));
  });

  it('count what was taken, what was given up and what goes on', async () => {
    const { service, ask, outcomes } = startBulk();
    outcomes.push(
      acked,
      { status: 'failed', error: { code: 'WA_400', message: 'no' }, refusal: 400 },
      { status: 'queued', error: null, refusal: null },
      { status: 'cancelled', error: null, refusal: null },
    );
    const outcome = await service.outcome(await ask());
    expect(outcome).toMatchObject({ successCount: 2, errorCount: 2, pendingCount: 1 });
    expect(outcome.results).toMatchObject([
      { success: true, status: 'server_ack', error: null },
      { success: false, status: 'failed', error: { code: 'WA_400' } },
      { success: true, status: 'queued', error: null },
      { success: false, status: 'cancelled', error: { code: 'CANCELLED' } },
    ]);
  });

  it('of a plan that was read back from JSON have the same outcome', async () => {
    const { service, ask } = startBulk();
    const plan = await ask({ delayMs: 0 });
    expect(await service.outcome(JSON.parse(JSON.stringify(plan)))).toEqual(await service.outcome(plan));
  });

  it('to a device nobody knows are refused', async () => {
    const { ask, accepted } = startBulk({ isConnected: false });
    await expect(ask()).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
    expect(accepted).toEqual([]);
  });
});
