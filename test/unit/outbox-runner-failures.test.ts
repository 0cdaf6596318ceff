import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { BUDI, createOutboxWorld, idOf, waIdOf } from '../fakes/outbox-world.ts';

describe('a message that WhatsApp refuses', () => {
  it('is not tried again at 463, and others go on', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1);
    await world.accept(2);
    expect(await world.nack(463)).toBe(true);
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'failed', error: { code: 'WA_463' } });
    expect(world.signals).toEqual([`locked ${BUDI}`]);
    expect(world.numbersSent()).toEqual([1, 2]);
    expect(world.events.find(({ status }) => status === 'failed')).toMatchObject({ refusal: 463 });
  });

  it('is tried once more at 479, after the devices of the recipient were asked for anew', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1);
    await world.accept(2);
    await world.nack(479);
    expect(world.refreshed).toEqual([BUDI]);
    expect(world.numbersSent()).toEqual([1, 1]);
    await world.nack(479);
    expect(world.rows.status(idOf(1))).toBe('failed');
    expect(world.numbersSent()).toEqual([1, 1, 2]);
  });

  it('G15: is poison among others: five attempts, then it ends, and nobody waited for it', async () => {
    const world = createOutboxWorld();
    await world.open();
    for (const number of [1, 2, 3]) await world.accept(number);
    await world.nack(500);
    expect(world.numbersSent()).toEqual([1, 2]);
    await world.ack();
    await world.ack();
    expect(world.numbersSent()).toEqual([1, 2, 3]);
    for (const seconds of [2, 4, 8, 16]) {
      await world.pass(seconds * 1_000);
      await world.nack(500, 1);
    }
    expect(world.numbersSent()).toEqual([1, 2, 3, 1, 1, 1, 1]);
    expect(world.rows.row(idOf(1))).toMatchObject({
      status: 'failed',
      attempts: 5,
      error: { code: 'WA_500' },
    });
    await world.pass(60_000);
    expect(world.sent).toHaveLength(7);
  });

  it('pauses the whole device at 429, longer each time, until something passes', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1);
    await world.accept(2);
    await world.nack(429);
    await world.pass(299_000);
    expect(world.numbersSent()).toEqual([1]);
    await world.pass(1_000);
    expect(world.numbersSent()).toEqual([1, 1]);
    await world.nack(429);
    await world.pass(600_000);
    expect(world.numbersSent()).toEqual([1, 1, 1]);
    await world.ack();
    expect(world.numbersSent()).toEqual([1, 1, 1, 2]);
    await world.nack(429);
    expect(world.signals).toEqual(['limited 300000', 'limited 600000', 'accepted 1', 'limited 300000']);
  });

  it('is told to nobody here when it is not under way', async () => {
    const world = createOutboxWorld();
    await world.open();
    expect(await world.nack(463, 9)).toBe(false);
  });
});

describe('a message that cannot be handed over', () => {
  it('is tried again with growing gaps, then ends, and others go on', async () => {
    const world = createOutboxWorld();
    await world.open();
    world.refusesToSend = new Error('no session');
    await world.accept(1);
    world.refusesToSend = null;
    await world.accept(2);
    expect(world.numbersSent()).toEqual([2]);
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'queued', error: { code: 'SEND_FAILED' } });
    await world.ack();
    await world.pass(2_000);
    expect(world.numbersSent()).toEqual([2, 1]);
  });

  it('is refused at once when WhatsApp said so to a question before it', async () => {
    const world = createOutboxWorld();
    await world.open();
    world.refusesToSend = new AppError('SEND_REFUSED', { code: 404 });
    await world.accept(1);
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'failed', error: { code: 'WA_404' } });
    expect(world.events.at(-1)).toMatchObject({ refusal: 404 });
  });
});

describe('a message whose time has passed', () => {
  it('expires instead of being sent', async () => {
    const world = createOutboxWorld();
    await world.store(1, { expiresAt: new Date(world.clock.now().getTime() + 1_000) });
    await world.store(2);
    await world.pass(1_000);
    await world.open();
    expect(world.rows.status(idOf(1))).toBe('expired');
    expect(world.numbersSent()).toEqual([2]);
    expect(world.events[0]).toMatchObject({ status: 'expired', waMessageId: waIdOf(1) });
  });
});

describe('when the database is away', () => {
  it('goes on where it was', async () => {
    const world = createOutboxWorld();
    await world.open();
    world.rows.outage = 3;
    world.runner.ring();
    await world.settle();
    world.rows.outage = 0;
    await world.store(1);
    await world.pass(5_000);
    expect(world.numbersSent()).toEqual([1]);
  });

  it('takes back a claim of which the answer was lost, and sends once', async () => {
    const world = createOutboxWorld();
    await world.open();
    world.rows.losesNextAnswer = true;
    await world.accept(1);
    expect(world.rows.status(idOf(1))).toBe('sending');
    expect(world.sent).toEqual([]);
    await world.pass(1_000);
    expect(world.numbersSent()).toEqual([1]);
    await world.ack();
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'server_ack', attempts: 2 });
  });

  it('takes back a claim that happened after it was believed to have failed', async () => {
    const world = createOutboxWorld();
    await world.open();
    world.rows.claimsLate = true;
    await world.accept(1);
    for (let second = 0; second < 3; second += 1) await world.pass(1_000);
    expect(world.numbersSent()).toEqual([1]);
    await world.ack();
    expect(world.rows.status(idOf(1))).toBe('server_ack');
  });

  it('stops when the device is owned elsewhere', async () => {
    const world = createOutboxWorld();
    await world.open();
    world.rows.epoch = 2;
    await world.accept(1);
    await world.accept(2);
    expect(world.sent).toEqual([]);
    expect(world.rows.status(idOf(1))).toBe('queued');
    await world.close();
    await world.open();
    expect(world.numbersSent()).toEqual([1]);
  });
});
