import { describe, expect, it } from 'vitest';
import type { PaceDecision } from '../../src/outbox/pacer.ts';
import { createOutboxWorld, DEVICE, idOf, waIdOf } from '../fakes/outbox-world.ts';

const JOB = 'a job';
const LATER_JOB = 'b job';

describe('the runner of a device', () => {
  it('sends nothing before the device is connected, and everything that waited then, in order', async () => {
    const world = createOutboxWorld();
    for (const number of [2, 1, 3]) await world.accept(number);
    expect(world.sent).toEqual([]);
    await world.open();
    await world.ack();
    await world.ack();
    await world.ack();
    expect(world.numbersSent()).toEqual([1, 2, 3]);
    expect(world.rows.status(idOf(3))).toBe('server_ack');
  });

  it('has one message under way, and sends the next when WhatsApp answered for it', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1);
    await world.accept(2);
    expect(world.numbersSent()).toEqual([1]);
    expect(world.rows.status(idOf(2))).toBe('queued');
    await world.ack(2);
    expect(world.numbersSent()).toEqual([1]);
    await world.ack(1);
    await world.accept(3);
    expect(world.numbersSent()).toEqual([1, 3]);
    expect(world.events.map(({ status }) => status)).toEqual(['sending', 'sending']);
  });

  it('reads no rows for a message it is handed', async () => {
    const world = createOutboxWorld();
    await world.open();
    const reads = world.rows.reads;
    for (const number of [1, 2, 3]) {
      await world.accept(number);
      await world.ack();
    }
    expect(world.numbersSent()).toEqual([1, 2, 3]);
    expect(world.rows.reads).toBe(reads);
  });

  it('finds rows of others when it is rung, and only then', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.store(1);
    await world.settle();
    expect(world.runner.isUnaware('singles')).toBe(true);
    expect(world.sent).toEqual([]);
    world.runner.ring();
    await world.settle();
    expect(world.numbersSent()).toEqual([1]);
  });

  it('lets what a person waits for go before a job, and a schedule in between', async () => {
    const world = createOutboxWorld();
    world.rows.runningJobs.add(JOB);
    await world.store(1, { jobId: JOB });
    await world.store(2, { source: 'schedule' });
    await world.store(3);
    await world.open();
    for (let count = 0; count < 2; count += 1) await world.ack();
    await world.pass(5_000);
    expect(world.numbersSent()).toEqual([3, 2, 1]);
  });

  it('gives up what it claimed when it is told to stop before it was sent', async () => {
    const world = createOutboxWorld();
    await world.store(1);
    await world.open();
    const [drained] = [world.runner.drain(), world.accept(2)];
    await world.ack(1);
    await drained;
    await world.settle();
    expect(world.numbersSent()).toEqual([1]);
    expect(world.rows.status(idOf(2))).toBe('queued');
  });
});

describe('what is in doubt', () => {
  it('G2: is settled by receipts before anything is sent again', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1);
    await world.accept(2);
    await world.close();
    expect(world.rows.status(idOf(1))).toBe('sending');
    const caughtUp = Promise.withResolvers<void>();
    await world.open(caughtUp.promise);
    expect(world.numbersSent()).toEqual([1]);
    await world.rows.advance(DEVICE, {
      waMessageIds: [waIdOf(1)],
      status: 'delivered',
      at: world.clock.now(),
    });
    caughtUp.resolve();
    await world.settle();
    expect(world.numbersSent()).toEqual([1, 2]);
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('goes again under the same id when nothing proves that it went', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1);
    await world.close();
    await world.open();
    expect(world.sent.map(({ waMessageId }) => waMessageId)).toEqual([waIdOf(1), waIdOf(1)]);
    expect(world.events.map(({ status }) => status)).toEqual(['sending', 'queued', 'sending']);
    await world.ack();
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'server_ack', attempts: 2 });
  });

  it('is left to a person where that was asked for', async () => {
    const world = createOutboxWorld();
    await world.open();
    await world.accept(1, { onAmbiguous: 'hold' });
    await world.accept(2);
    await world.close();
    await world.open();
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'held', error: { code: 'AMBIGUOUS' } });
    expect(world.numbersSent()).toEqual([1, 2]);
  });

  it('is what a crash between claim and send leaves; another process sends it', async () => {
    const world = createOutboxWorld();
    const id = await world.store(1);
    await world.rows.claim(
      { ...world.rows.row(id), attempts: 0, error: null },
      { epoch: 1, lane: null, at: world.clock.now() },
    );
    world.rows.epoch = 2;
    await world.open();
    expect(world.numbersSent()).toEqual([1]);
  });

  it('ends when five attempts in a row got no answer', async () => {
    const world = createOutboxWorld();
    await world.store(1);
    await world.store(2);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await world.open();
      await world.close();
    }
    expect(world.numbersSent()).toEqual([1, 1, 1, 1, 1, 2]);
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'failed', error: { code: 'NO_ANSWER' } });
  });

  it('goes back into the queue when the socket closed between claim and send: nothing left', async () => {
    const world = createOutboxWorld();
    await world.open();
    const accepted = world.accept(1);
    world.runner.closed();
    await accepted;
    expect(world.sent).toEqual([]);
    expect(world.rows.status(idOf(1))).toBe('queued');
  });
});

describe('jobs', () => {
  it('keep a gap between items that nobody else has to keep', async () => {
    const world = createOutboxWorld();
    world.rows.runningJobs.add(JOB);
    await world.open();
    for (const number of [1, 2, 3]) await world.accept(number, { jobId: JOB });
    expect(world.numbersSent()).toEqual([1]);
    await world.ack();
    await world.pass(1_000);
    expect(world.numbersSent()).toEqual([1]);
    await world.accept(9);
    expect(world.numbersSent()).toEqual([1, 9]);
    await world.ack();
    await world.pass(3_500);
    expect(world.numbersSent()).toEqual([1, 9, 2]);
  });

  it('may name the gap per item', async () => {
    const world = createOutboxWorld();
    world.rows.runningJobs.add(JOB);
    await world.open();
    await world.accept(1, { jobId: JOB, delayMs: 0 });
    await world.accept(2, { jobId: JOB, delayMs: 0 });
    await world.accept(3, { jobId: JOB, delayMs: 60_000 });
    await world.ack();
    await world.ack();
    await world.pass(59_000);
    expect(world.numbersSent()).toEqual([1, 2]);
    await world.pass(1_000);
    expect(world.numbersSent()).toEqual([1, 2, 3]);
  });

  it('go first in, first out, and stop at once when paused', async () => {
    const world = createOutboxWorld();
    world.rows.runningJobs.add(LATER_JOB);
    world.rows.runningJobs.add(JOB);
    const job = (jobId: string) => ({ jobId, delayMs: 0 });
    await world.store(1, job(LATER_JOB));
    for (const number of [2, 3, 4]) await world.store(number, job(JOB));
    await world.open();
    await world.ack();
    world.rows.runningJobs.delete(JOB);
    await world.ack();
    expect(world.numbersSent()).toEqual([2, 3, 1]);
    world.rows.runningJobs.add(JOB);
    world.runner.ring();
    await world.ack();
    expect(world.numbersSent()).toEqual([2, 3, 1, 4]);
  });
});

describe('pacing', () => {
  const until = (world: ReturnType<typeof createOutboxWorld>, ms: number) =>
    new Date(world.clock.now().getTime() + ms);

  it('holds back one message and nobody else, and asks again', async () => {
    const held = new Set(['text 1']);
    const world: ReturnType<typeof createOutboxWorld> = createOutboxWorld({
      pacer: {
        pace: ({ text }): PaceDecision =>
          held.has(text ?? '')
            ? { kind: 'wait', until: until(world, 24 * 60 * 60_000), reason: 'cold', holds: 'message' }
            : { kind: 'send', lane: 'warm', warnings: [] },
        sent() {},
        forget() {},
      },
    });
    await world.store(1);
    await world.store(2);
    await world.open();
    expect(world.numbersSent()).toEqual([2]);
    expect(world.rows.row(idOf(2))).toMatchObject({ lane: 'warm' });
    expect(world.rows.row(idOf(1))).toMatchObject({ status: 'queued', error: { code: 'COLD' } });
    expect(world.holds).toMatchObject([{ waMessageId: waIdOf(1), until: until(world, 24 * 60 * 60_000) }]);
    await world.ack();
    held.clear();
    await world.pass(9 * 60_000);
    expect(world.numbersSent()).toEqual([2]);
    await world.pass(60_000);
    expect(world.numbersSent()).toEqual([2, 1]);
  });

  it('holds back the device until its time', async () => {
    let paused = true;
    const world: ReturnType<typeof createOutboxWorld> = createOutboxWorld({
      pacer: {
        pace: async (): Promise<PaceDecision> =>
          paused
            ? { kind: 'wait', until: until(world, 5_000), reason: 'rate', holds: 'device' }
            : { kind: 'send', lane: null, warnings: [] },
        sent() {},
        forget() {},
      },
    });
    await world.open();
    await world.accept(1);
    await world.accept(2);
    expect(world.holds[0]).toMatchObject({ waMessageId: null, error: { code: 'RATE' } });
    await world.pass(4_999);
    expect(world.sent).toEqual([]);
    paused = false;
    await world.pass(1);
    expect(world.numbersSent()).toEqual([1]);
  });

  it('is asked again when somebody rings, as when an operator ends a pause', async () => {
    let paused = true;
    const world: ReturnType<typeof createOutboxWorld> = createOutboxWorld({
      pacer: {
        pace: (): PaceDecision =>
          paused
            ? { kind: 'wait', until: until(world, 60_000), reason: 'quiet hours', holds: 'jobs' }
            : { kind: 'send', lane: null, warnings: [] },
        sent() {},
        forget() {},
      },
    });
    world.rows.runningJobs.add(JOB);
    await world.open();
    await world.accept(1, { jobId: JOB });
    expect(world.sent).toEqual([]);
    paused = false;
    world.runner.ring();
    await world.settle();
    expect(world.numbersSent()).toEqual([1]);
  });
});
