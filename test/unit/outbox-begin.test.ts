import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { createOutboxWorld, idOf } from '../fakes/outbox-world.ts';

const open = async (options: Parameters<typeof createOutboxWorld>[0] = {}) => {
  const world = createOutboxWorld(options);
  await world.open();
  return world;
};

describe('a message that finds the runner with nothing to do', () => {
  it('is stored as claimed, sent, and read by nobody', async () => {
    const world = await open();
    const reads = world.rows.reads;
    for (const number of [1, 2]) {
      expect(await world.begin(number)).toBe(true);
      expect(world.rows.row(idOf(number))).toMatchObject({ status: 'sending', attempts: 1 });
      await world.ack();
    }
    expect(world.numbersSent()).toEqual([1, 2]);
    expect(world.rows.status(idOf(2))).toBe('server_ack');
    expect(world.rows.reads).toBe(reads);
    expect(world.events.map(({ status }) => status)).toEqual(['sending', 'sending']);
  });

  it('is one: whoever comes while it is stored or under way takes the usual way and waits', async () => {
    const world = await open();
    const first = world.begin(1);
    expect(await world.begin(2)).toBe(false);
    expect(await first).toBe(true);
    await world.accept(2);
    expect(await world.begin(3)).toBe(false);
    expect(world.numbersSent()).toEqual([1]);
    await world.ack();
    expect(world.numbersSent()).toEqual([1, 2]);
  });

  it('does not overtake: neither what is rung for nor what waits', async () => {
    const world = await open();
    await world.store(1);
    world.runner.ring();
    expect(await world.begin(2)).toBe(false);
    await world.settle();
    expect(world.numbersSent()).toEqual([1]);
    await world.close();
    expect(await world.begin(3)).toBe(false);
  });

  it('waits as pacing wants it', async () => {
    const until = new Date(8.64e15);
    const wait = { kind: 'wait', until, reason: 'quiet hours', holds: 'device' } as const;
    const world = await open({ pacer: { pace: () => wait, sent() {}, forget() {} } });
    expect(await world.begin(1)).toBe(false);
    const asks = await open({
      pacer: {
        pace: () => Promise.reject(new AppError('DATABASE_UNAVAILABLE')),
        sent() {},
        forget() {},
      },
    });
    expect(await asks.begin(1)).toBe(false);
  });

  it('is not stored when the device is owned elsewhere; the runner goes on', async () => {
    const world = await open();
    world.rows.epoch += 1;
    expect(await world.begin(1)).toBe(false);
    world.rows.epoch -= 1;
    expect(await world.begin(1)).toBe(true);
    expect(world.numbersSent()).toEqual([1]);
  });

  it('is sent once when it was stored and the answer of the database is lost', async () => {
    const world = await open();
    world.rows.losesNextAnswer = true;
    await expect(world.begin(1)).rejects.toThrow();
    expect(world.numbersSent()).toEqual([1]);
    await world.ack();
    await world.pass(60_000);
    expect(world.numbersSent()).toEqual([1]);
    expect(world.rows.status(idOf(1))).toBe('server_ack');
  });

  it('goes as well when it is stored after everybody believed that it was not', async () => {
    const world = await open();
    world.rows.claimsLate = true;
    await expect(world.begin(1)).rejects.toThrow();
    expect(await world.begin(2)).toBe(true);
    for (const store of world.rows.strays) store();
    await world.ack();
    expect(world.numbersSent()).toEqual([2]);
    await world.pass(30_000);
    expect(world.numbersSent()).toEqual([2, 1]);
  });

  it('is left out when it does not appear at all', async () => {
    const world = await open();
    world.rows.outage = 1;
    await expect(world.begin(1)).rejects.toThrow();
    await world.pass(60_000);
    expect(await world.begin(2)).toBe(true);
    expect(world.numbersSent()).toEqual([2]);
  });

  it('goes with the next socket when this one ends while it is stored', async () => {
    const world = await open();
    const storing = world.begin(1);
    world.runner.closed();
    expect(await storing).toBe(true);
    expect(world.sent).toEqual([]);
    expect(world.rows.status(idOf(1))).toBe('queued');
    await world.open();
    expect(world.numbersSent()).toEqual([1]);
  });
});
