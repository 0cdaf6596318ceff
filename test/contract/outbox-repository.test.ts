import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import { createOutboxJobRepository } from '../../src/outbox/outbox-job-repository.ts';
import type { NewOutboxMessage, QueuedMessage } from '../../src/outbox/outbox-message.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const deviceId = 'device' as DeviceId;
const other = 'other' as DeviceId;
const to = '6281234567890@s.whatsapp.net' as Jid;
const id = (number: number) => String(number).padStart(26, '0');
const waId = (number: number) => `3EB0${String(number).padStart(18, '0')}` as WaMessageId;
const NOW = new Date('2026-11-20T08:30:00.123Z');
const EPOCH = 7;

const message = (number: number, fields: Partial<NewOutboxMessage> = {}): NewOutboxMessage => ({
  id: id(number),
  deviceId,
  waMessageId: waId(number),
  to,
  kind: 'text',
  text: `text ${number} 😀`,
  content: null,
  source: 'api',
  dueAt: NOW,
  delayMs: null,
  onAmbiguous: 'resend',
  expiresAt: null,
  ...fields,
});
const item = (number: number, jobId: string) =>
  message(number, { source: 'job', jobId, itemIndex: number, delayMs: 1_500 });
const queued = (number: number, fields: Partial<NewOutboxMessage> = {}): QueuedMessage => ({
  ...message(number, fields),
  attempts: 0,
  error: null,
});

describeOnEachDatabase('the outbox repository', (open) => {
  const prepare = async () => {
    const database = await open();
    const clock = createManualClock(NOW);
    await setEpoch(database, EPOCH);
    const outbox = createOutboxRepository({ database, clock });
    const jobs = createOutboxJobRepository({ database, clock });
    const claim = (number: number, epoch = EPOCH, fields: Partial<NewOutboxMessage> = {}) =>
      outbox.claim(queued(number, fields), { epoch, lane: 'warm', at: NOW });
    return { database, clock, outbox, jobs, claim };
  };

  it('gives a message back as it was accepted', async () => {
    const { outbox } = await prepare();
    const full = message(1, {
      content: { poll: ['a', 'b'] },
      source: 'schedule',
      scheduleId: id(9),
      onAmbiguous: 'hold',
      expiresAt: new Date(NOW.getTime() + 1_000),
    });
    await outbox.add([full]);
    const found = await outbox.find(deviceId, waId(1));
    expect(found).toMatchObject({ ...full, status: 'queued', attempts: 0, error: null, lane: null });
    expect(await outbox.find(other, waId(1))).toBeNull();
    await expect(outbox.add([message(2, { waMessageId: waId(1) })])).rejects.toBeInstanceOf(
      DuplicateKeyError,
    );
    await outbox.add([message(3, { waMessageId: waId(1), deviceId: other })]);
  });

  it('takes ten thousand at once, all or none', async () => {
    const { outbox, jobs, database } = await prepare();
    const many = Array.from({ length: 10_000 }, (_, index) => item(index, id(1)));
    await outbox.add(many, { beside: [insertJob(id(1))] });
    expect(await jobs.countByJob(id(1))).toEqual(new Map([['queued', 10_000]]));
    const page = await jobs.listByJob(id(1), { after: 9_997, limit: 10 });
    expect(page.map(({ itemIndex }) => itemIndex)).toEqual([9_998, 9_999]);
    const clash = [item(20_000, id(2)), item(5, id(2))];
    await expect(outbox.add(clash, { beside: [insertJob(id(2))] })).rejects.toBeInstanceOf(DuplicateKeyError);
    expect(await database.query({ text: 'select id from job where id = ?', params: [id(2)] })).toEqual([]);
    expect(await jobs.countByJob(id(2))).toEqual(new Map());
  });

  describe('a claim', () => {
    it('is won once among a hundred', async () => {
      const { outbox, claim } = await prepare();
      await outbox.add([message(1)]);
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => claim(1)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await outbox.find(deviceId, waId(1))).toMatchObject({
        status: 'sending',
        attempts: 1,
        lane: 'warm',
        sendingAt: NOW,
      });
    });

    it('is refused to an owner of yesterday, who may decide nothing either', async () => {
      const { outbox, claim, database } = await prepare();
      await outbox.add([message(1), message(2)]);
      expect(await claim(1, EPOCH - 1)).toBe(false);
      expect(await outbox.owns(deviceId, EPOCH - 1)).toBe(false);
      expect(await claim(1)).toBe(true);
      await setEpoch(database, EPOCH + 1);
      expect(await claim(2)).toBe(false);
      for (const to of ['queued', 'failed', 'held'] as const) {
        expect(await outbox.move(queued(1), { to, epoch: EPOCH, at: NOW, error: null })).toBe(false);
      }
      expect(await outbox.move(queued(1), { to: 'held', epoch: EPOCH + 1, at: NOW, error: null })).toBe(true);
    });

    it('is refused for a job that was paused or cancelled, at once', async () => {
      const { outbox, claim, database } = await prepare();
      const jobId = id(100);
      await outbox.add([item(1, jobId)], { beside: [insertJob(jobId)] });
      for (const status of ['paused', 'cancelled', 'completed']) {
        await database.run({ text: 'update job set status = ?', params: [status] });
        expect(await claim(1, EPOCH, { jobId })).toBe(false);
        expect(await outbox.dueJobItems(deviceId, 10)).toEqual([]);
        expect(await outbox.withJobs([deviceId])).toEqual([]);
      }
      await database.run({ text: 'update job set status = ?', params: ['processing'] });
      expect(await claim(1, EPOCH, { jobId })).toBe(true);
    });
  });

  it('keeps the order: what is alone by priority and age, jobs first in first out', async () => {
    const { outbox, clock } = await prepare();
    const [first, second] = [id(100), id(200)];
    await outbox.add([item(5, second), item(6, second)], { beside: [insertJob(second)] });
    await outbox.add([item(7, first), item(8, first)], { beside: [insertJob(first)] });
    const later = new Date(NOW.getTime() + 60_000);
    await outbox.add([
      message(3, { source: 'schedule' }),
      message(1, { dueAt: later }),
      message(4),
      message(2),
      message(9, { deviceId: other }),
    ]);
    const singles = async () => (await outbox.dueSingles(deviceId, 10)).map((each) => each.id);
    const items = async () => (await outbox.dueJobItems(deviceId, 10)).map((each) => each.id);
    expect(await singles()).toEqual([id(2), id(4), id(3)]);
    expect(await outbox.dueSingles(deviceId, 1)).toMatchObject([message(2)]);
    expect(await items()).toEqual([id(7), id(8)]);
    await outbox.postpone(queued(7), later);
    expect(await items()).toEqual([id(8)]);
    await outbox.postpone(queued(8), later);
    expect(await items()).toEqual([id(5), id(6)]);
    clock.advance(60_000);
    expect(await singles()).toEqual([id(1), id(2), id(4), id(3)]);
    expect(await items()).toEqual([id(7), id(8)]);
  });

  it('finds the devices that have something to do', async () => {
    const { outbox } = await prepare();
    await outbox.add([message(1)]);
    await outbox.add([item(2, id(100))], { beside: [insertJob(id(100), other)] });
    const later = new Date(NOW.getTime() + 60_000);
    await outbox.add([message(3, { deviceId: 'third' as DeviceId, dueAt: later })]);
    const devices = [deviceId, other, 'third' as DeviceId];
    expect(await outbox.withDueSingles(devices)).toEqual([deviceId]);
    expect(await outbox.withJobs(devices)).toEqual([other]);
    expect(await outbox.withDueSingles([])).toEqual([]);
  });

  it('moves a message through its life and notes the times', async () => {
    const { outbox, claim } = await prepare();
    await outbox.add([message(1)]);
    await claim(1);
    for (const status of ['server_ack', 'delivered', 'read', 'played'] as const) {
      expect(await outbox.advance(deviceId, { waMessageIds: [waId(1)], status, at: NOW })).toEqual([waId(1)]);
    }
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({
      status: 'played',
      sendingAt: NOW,
      ackedAt: NOW,
      deliveredAt: NOW,
      readAt: NOW,
      playedAt: NOW,
      failedAt: null,
    });
    for (const status of ['server_ack', 'delivered', 'read', 'played', 'failed'] as const) {
      expect(await outbox.advance(deviceId, { waMessageIds: [waId(1)], status, at: NOW })).toEqual([]);
    }
    expect(await claim(1)).toBe(false);
  });

  it('never goes back when news arrives out of order, or from a hundred at once', async () => {
    const { outbox } = await prepare();
    for (const number of [1, 2, 3]) await outbox.add([message(number)]);
    await outbox.advance(deviceId, { waMessageIds: [waId(2)], status: 'read', at: NOW });
    const all = [waId(1), waId(2), waId(3), waId(99)];
    const moved = await outbox.advance(deviceId, { waMessageIds: all, status: 'delivered', at: NOW });
    expect(moved).toEqual([waId(1), waId(3)]);
    expect(await outbox.find(deviceId, waId(2))).toMatchObject({ status: 'read' });
    expect(await outbox.advance(deviceId, { waMessageIds: [], status: 'read', at: NOW })).toEqual([]);
    expect(await outbox.advance(other, { waMessageIds: [waId(1)], status: 'read', at: NOW })).toEqual([]);
    const statuses = ['server_ack', 'delivered', 'read', 'failed'] as const;
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        outbox.advance(deviceId, {
          waMessageIds: [waId(3)],
          status: statuses[index % 4] ?? 'read',
          at: NOW,
        }),
      ),
    );
    expect(await outbox.find(deviceId, waId(3))).toMatchObject({ status: 'read' });
  });

  it('keeps why a message failed until a receipt proves that it did not', async () => {
    const { outbox, claim } = await prepare();
    await outbox.add([message(1)]);
    await claim(1);
    const error = { code: 'WA_500', message: 'x'.repeat(900) };
    await outbox.move(queued(1), { to: 'failed', epoch: EPOCH, at: NOW, error });
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({
      status: 'failed',
      error: { code: 'WA_500', message: 'x'.repeat(500) },
      failedAt: NOW,
    });
    await outbox.advance(deviceId, { waMessageIds: [waId(1)], status: 'delivered', at: NOW });
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({ status: 'delivered', error: null });
  });

  it('puts a message back, and believes a receipt more than that', async () => {
    const { outbox, claim } = await prepare();
    await outbox.add([message(1)]);
    await claim(1);
    const dueAt = new Date(NOW.getTime() + 4_000);
    const error = { code: 'WA_503', message: 'later' };
    const back = { to: 'queued', epoch: EPOCH, at: NOW, dueAt, error } as const;
    expect(await outbox.move(queued(1), back)).toBe(true);
    expect(await outbox.move(queued(1), back)).toBe(false);
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({
      status: 'queued',
      dueAt,
      attempts: 1,
      error,
    });
    await outbox.advance(deviceId, { waMessageIds: [waId(1)], status: 'server_ack', at: NOW });
    expect(await claim(1)).toBe(false);
  });

  it('knows what is in doubt, and expires only what waits', async () => {
    const { outbox, claim } = await prepare();
    for (const number of [1, 2, 3]) await outbox.add([message(number)]);
    await claim(2);
    expect(await outbox.inDoubt(deviceId)).toMatchObject([{ id: id(2), attempts: 1 }]);
    expect(await outbox.expire(queued(1))).toBe(true);
    expect(await outbox.expire(queued(2))).toBe(false);
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({ status: 'expired' });
  });

  it('cancels and replays the items of a job, and what waits for a device that is gone', async () => {
    const { outbox, jobs, claim, database } = await prepare();
    const jobId = id(100);
    await outbox.add(
      [1, 2, 3, 4].map((number) => item(number, jobId)),
      { beside: [insertJob(jobId)] },
    );
    await claim(1, EPOCH, { jobId });
    await outbox.move(queued(1), { to: 'failed', epoch: EPOCH, at: NOW, error: { code: 'X', message: 'x' } });
    await claim(2, EPOCH, { jobId });
    const done = { text: "update job set status = 'cancelled' where id = ?", params: [jobId] };
    expect(await jobs.cancelByJob(jobId, [done])).toBe(2);
    expect(await jobs.countByJob(jobId)).toEqual(
      new Map([
        ['cancelled', 2],
        ['failed', 1],
        ['sending', 1],
      ]),
    );
    const again = { text: "update job set status = 'queued' where id = ?", params: [jobId] };
    expect(await jobs.retryByJob(jobId, [again])).toBe(1);
    expect(await outbox.dueJobItems(deviceId, 10)).toMatchObject([{ id: id(1), attempts: 0, error: null }]);
    await jobs.cancelByDevice(deviceId);
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({ status: 'cancelled' });
    expect(await outbox.find(deviceId, waId(2))).toMatchObject({ status: 'sending' });
    expect(await database.query({ text: 'select status from job', params: [] })).toEqual([
      { status: 'queued' },
    ]);
  });

  it('pages through everything, newest first, in one chat or all', async () => {
    const { outbox } = await prepare();
    for (let number = 1; number <= 20; number += 1) await outbox.add([message(number)]);
    await outbox.add([message(50, { deviceId: other }), message(21, { to: '9@s.whatsapp.net' as Jid })]);
    const first = await outbox.page({ deviceId, limit: 8 });
    expect(first.map((each) => each.id)).toEqual([21, 20, 19, 18, 17, 16, 15, 14].map(id));
    const next = await outbox.page({ deviceId, limit: 2, before: first.at(-1)?.id, chat: to });
    expect(next.map((each) => each.id)).toEqual([id(13), id(12)]);
  });
});

function insertJob(jobId: string, owner: DeviceId = deviceId) {
  return {
    text: `insert into job (id, device_id, kind, status, total, on_ambiguous, created_at, updated_at)
      values (?, ?, 'text', 'queued', 1, 'resend', ?, ?)`,
    params: [jobId, owner, NOW, NOW],
  };
}

/** The device is claimed under this epoch from now on. */
async function setEpoch(database: Database, epoch: number): Promise<void> {
  await database.writeAtomically({
    statements: [
      { text: 'delete from device_lease where device_id = ?', params: [deviceId] },
      {
        text: 'insert into device_lease (device_id, node_id, boot_id, epoch, updated_at) values (?, ?, ?, ?, ?)',
        params: [deviceId, 'node', 'boot', epoch, NOW],
      },
    ],
  });
}
