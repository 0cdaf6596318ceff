import { expect, it } from 'vitest';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
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
  waId,
} from '../support/outbox-rows.ts';

describeOnEachDatabase('the queue of a device', (open) => {
  it('takes ten thousand at once, all or none', async () => {
    const { outbox, jobs, database } = await prepareOutbox(await open());
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

  it('keeps the order: what is alone by priority and age, jobs first in first out', async () => {
    const { outbox, clock } = await prepareOutbox(await open());
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
    const held = { code: 'COLD_PAUSED', message: 'Held back' };
    const singles = async () => (await outbox.dueSingles(deviceId, 10)).map((each) => each.id);
    const items = async () => (await outbox.dueJobItems(deviceId, 10)).map((each) => each.id);
    expect(await singles()).toEqual([id(2), id(4), id(3)]);
    expect(await outbox.dueSingles(deviceId, 1)).toMatchObject([message(2)]);
    expect(await items()).toEqual([id(7), id(8)]);
    await outbox.postpone(queued(7), later, held);
    expect(await items()).toEqual([id(8)]);
    await outbox.postpone(queued(8), later, held);
    expect(await items()).toEqual([id(5), id(6)]);
    clock.advance(60_000);
    expect(await singles()).toEqual([id(1), id(2), id(4), id(3)]);
    expect(await items()).toEqual([id(7), id(8)]);
  });

  it('finds the devices that have something to do', async () => {
    const { outbox } = await prepareOutbox(await open());
    await outbox.add([message(1)]);
    await outbox.add([item(2, id(100))], { beside: [insertJob(id(100), other)] });
    const later = new Date(NOW.getTime() + 60_000);
    await outbox.add([message(3, { deviceId: 'third' as DeviceId, dueAt: later })]);
    const devices = [deviceId, other, 'third' as DeviceId];
    expect(await outbox.withDueSingles(devices)).toEqual([deviceId]);
    expect(await outbox.withJobs(devices)).toEqual([other]);
    expect(await outbox.withDueSingles([])).toEqual([]);
  });

  it('cancels and replays the items of a job, and what waits for a device that is gone', async () => {
    const { outbox, jobs, claim, database } = await prepareOutbox(await open());
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
});
