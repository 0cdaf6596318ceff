import { describe, expect, it } from 'vitest';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
  deviceId,
  EPOCH,
  id,
  insertJob,
  item,
  message,
  NOW,
  other,
  prepareOutbox,
  queued,
  setEpoch,
  to,
  waId,
} from '../support/outbox-rows.ts';

describeOnEachDatabase('the outbox repository', (open) => {
  it('gives a message back as it was accepted', async () => {
    const { outbox } = await prepareOutbox(await open());
    const full = message(1, {
      kind: 'poll',
      text: 'Where?',
      content: { kind: 'poll', question: 'Where?', options: ['a', 'b'], selectable: 1, secret: 'AAAA' },
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

  describe('a message that is begun at once', () => {
    const claim = { epoch: EPOCH, lane: 'warm', at: NOW } as const;

    it('is stored as one that was accepted and then claimed', async () => {
      const { outbox, claim: claimOther } = await prepareOutbox(await open());
      await outbox.add([message(1)]);
      await claimOther(1);
      expect(await outbox.addClaimed(message(2), claim)).toBe(true);
      const { id: _, waMessageId: __, text: ___, ...one } = (await outbox.find(deviceId, waId(1))) ?? {};
      expect(await outbox.find(deviceId, waId(2))).toMatchObject(one);
      expect(await outbox.inDoubt(deviceId)).toHaveLength(2);
      await expect(outbox.addClaimed(message(2), claim)).rejects.toBeInstanceOf(DuplicateKeyError);
    });

    it('is not stored for an owner of yesterday, and nothing beside it', async () => {
      const { outbox, database } = await prepareOutbox(await open());
      const beside = [insertJob(id(100))];
      expect(await outbox.addClaimed(message(1), { ...claim, epoch: EPOCH - 1 })).toBe(false);
      expect(await outbox.addClaimed(message(1), { ...claim, epoch: EPOCH - 1 }, beside)).toBe(false);
      expect(await outbox.find(deviceId, waId(1))).toBeNull();
      expect(await database.query({ text: 'select id from job', params: [] })).toEqual([]);
      expect(await outbox.addClaimed(message(1), claim, beside)).toBe(true);
      expect(await database.query({ text: 'select id from job', params: [] })).toHaveLength(1);
    });
  });

  describe('a claim', () => {
    it('is won once among a hundred', async () => {
      const { outbox, claim } = await prepareOutbox(await open());
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
      const { outbox, claim, database } = await prepareOutbox(await open());
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
      const { outbox, claim, database } = await prepareOutbox(await open());
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

  it('moves a message through its life and notes the times', async () => {
    const { outbox, claim } = await prepareOutbox(await open());
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

  it('is delivered no earlier than it was accepted, though WhatsApp tells whole seconds by another clock', async () => {
    const { outbox } = await prepareOutbox(await open());
    await outbox.add([message(1)]);
    const at = new Date(NOW.getTime() - 5_000);
    await outbox.advance(deviceId, { waMessageIds: [waId(1)], status: 'delivered', at });
    const later = new Date(NOW.getTime() + 1);
    await outbox.advance(deviceId, { waMessageIds: [waId(1)], status: 'read', at: later });
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({
      createdAt: NOW,
      deliveredAt: NOW,
      readAt: later,
    });
  });

  it('never goes back when news arrives out of order, or from a hundred at once', async () => {
    const { outbox } = await prepareOutbox(await open());
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
    const { outbox, claim } = await prepareOutbox(await open());
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
    const { outbox, claim } = await prepareOutbox(await open());
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
    const { outbox, claim } = await prepareOutbox(await open());
    for (const number of [1, 2, 3]) await outbox.add([message(number)]);
    await claim(2);
    expect(await outbox.inDoubt(deviceId)).toMatchObject([{ id: id(2), attempts: 1 }]);
    expect(await outbox.expire(queued(1))).toBe(true);
    expect(await outbox.expire(queued(2))).toBe(false);
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({ status: 'expired' });
  });

  it('pages through everything, newest first, in one chat or all', async () => {
    const { outbox } = await prepareOutbox(await open());
    for (let number = 1; number <= 20; number += 1) await outbox.add([message(number)]);
    await outbox.add([message(50, { deviceId: other }), message(21, { to: '9@s.whatsapp.net' as Jid })]);
    const first = await outbox.page({ deviceId, limit: 8 });
    expect(first.map((each) => each.id)).toEqual([21, 20, 19, 18, 17, 16, 15, 14].map(id));
    const next = await outbox.page({ deviceId, limit: 2, before: first.at(-1)?.id, chat: to });
    expect(next.map((each) => each.id)).toEqual([id(13), id(12)]);
  });
});
