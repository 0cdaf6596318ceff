import { expect, it } from 'vitest';
import { createBacklog } from '../../src/outbox/backlog.ts';
import type { QueuedMessage } from '../../src/outbox/outbox-message.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

const message = (number: number, source: QueuedMessage['source'] = 'api'): QueuedMessage => ({
  id: String(number).padStart(4, '0'),
  deviceId: 'ana' as DeviceId,
  waMessageId: `${number}` as WaMessageId,
  to: '1@s.whatsapp.net' as Jid,
  kind: 'text',
  text: '',
  content: null,
  source,
  dueAt: new Date(0),
  delayMs: null,
  onAmbiguous: 'resend',
  expiresAt: null,
  attempts: 0,
  error: null,
});

/** A table of singles that counts how often it is read. */
function stock() {
  const table: QueuedMessage[] = [];
  const counted = { reads: 0 };
  const order = (one: QueuedMessage, other: QueuedMessage) =>
    Number(one.source === 'schedule') - Number(other.source === 'schedule') || (one.id < other.id ? -1 : 1);
  const backlog = createBacklog({
    singles: async (limit) => {
      counted.reads += 1;
      return [...table].sort(order).slice(0, limit);
    },
    jobItems: async () => [],
  });
  const take = async (): Promise<number | null> => {
    const next = await backlog.single();
    if (!next) return null;
    table.splice(table.indexOf(next), 1);
    backlog.drop(next);
    return Number(next.id);
  };
  return { table, counted, backlog, take };
}

it('hands out what it is offered, in order, without reading', async () => {
  const { table, counted, backlog, take } = stock();
  expect(await take()).toBeNull();
  for (const number of [3, 1, 2]) {
    table.push(message(number));
    backlog.offer(message(number));
  }
  const urgent = [await backlog.single()];
  expect(urgent[0]?.id).toBe('0001');
  expect(counted.reads).toBe(1);
  expect(backlog.isBusyWith('singles')).toBe(true);
});

it('reads in portions, and neither skips nor repeats what is offered meanwhile', async () => {
  const { table, counted, backlog, take } = stock();
  for (let number = 0; number < 250; number += 1) table.push(message(number));
  const taken: (number | null)[] = [];
  for (let count = 0; count < 250; count += 1) {
    taken.push(await take());
    const late = message(1_000 + count);
    table.push(late);
    backlog.offer(late);
  }
  expect(taken).toEqual(Array.from({ length: 250 }, (_, index) => index));
  for (let count = 0; count < 250; count += 1) taken.push(await take());
  expect(new Set(taken).size).toBe(500);
  expect(await take()).toBeNull();
  expect(counted.reads).toBeLessThan(10);
});

it('lets what goes before others go before them, however many are known', async () => {
  const { table, backlog, take } = stock();
  for (let number = 0; number < 150; number += 1) table.push(message(number, 'schedule'));
  await take();
  const urgent = message(9_000);
  table.push(urgent);
  backlog.offer(urgent);
  expect(await take()).toBe(9_000);
  expect(await take()).toBe(1);
});

it('keeps what is offered while it reads', async () => {
  const { table, backlog } = stock();
  const reading = backlog.single();
  table.push(message(1));
  backlog.offer(message(1));
  await reading;
  expect((await backlog.single())?.id).toBe('0001');
});

it('reads again when told to, and after a read that failed', async () => {
  let fails = true;
  const backlog = createBacklog({
    async singles() {
      if (fails) throw new Error('away');
      return [message(1)];
    },
    jobItems: async () => [],
  });
  await expect(backlog.single()).rejects.toThrow('away');
  fails = false;
  expect((await backlog.single())?.id).toBe('0001');
});
