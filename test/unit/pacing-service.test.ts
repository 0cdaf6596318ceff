import { beforeEach, describe, expect, it } from 'vitest';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { ACCOUNT, ANA, createPacingWorld, type PacingWorld, sendToStrangers } from '../fakes/pacing-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const jid = (number: number) => `6281300000${String(number).padStart(3, '0')}@s.whatsapp.net` as Jid;
const GROUP = '120363000000000001@g.us' as Jid;
const item = { jobId: 'job' };

let world: PacingWorld;
beforeEach(() => {
  world = createPacingWorld();
  world.connects();
});
const health = () => world.health.peek(ANA);

describe('lanes', () => {
  it('come from who wrote to the device, under either address, and survive a restart', async () => {
    const lid = '777000111@lid' as Jid;
    expect(await world.send(jid(1))).toMatchObject({ kind: 'send', lane: 'cold' });
    world.writes(jid(1), { chatAlt: lid });
    expect(await world.send(jid(1))).toMatchObject({ lane: 'reply' });
    expect(await world.send(lid)).toMatchObject({ lane: 'reply' });
    expect(await world.send(GROUP)).toMatchObject({ lane: 'group' });
    await world.pass(25 * HOUR);
    expect(await world.send(jid(1))).toMatchObject({ lane: 'warm' });
    world = world.restarted();
    expect(await world.send(jid(1))).toMatchObject({ lane: 'warm' });
    expect(await world.send(jid(2))).toMatchObject({ lane: 'cold' });
  });

  it('stay cold for what the owner wrote on the phone and for members of groups', async () => {
    world.writes(jid(1), { fromMe: true });
    world.writes(GROUP, { participant: jid(2) });
    expect(await world.send(jid(1))).toMatchObject({ lane: 'cold' });
    expect(await world.send(jid(2))).toMatchObject({ lane: 'cold' });
  });

  it('begin anew when the device becomes another account', async () => {
    world.writes(jid(1));
    await world.pass(2_000);
    expect(await world.send(jid(1))).toMatchObject({ lane: 'reply' });
    world.connects('6281299999999@s.whatsapp.net' as Jid);
    await world.pass(0);
    expect(await world.send(jid(1))).toMatchObject({ lane: 'cold' });
    expect(world.tables.contacts.get(`${ANA} ${jid(1)}`)?.inbound ?? null).toBeNull();
  });
});

describe('the gap of jobs', () => {
  it('is drawn once and kept, across a restart too', async () => {
    expect(await world.send(jid(1), item)).toMatchObject({ kind: 'send' });
    const until = new Date(world.clock.now().getTime() + 3_500);
    expect(await world.send(jid(2), item)).toEqual(
      expect.objectContaining({ kind: 'wait', until, holds: 'jobs' }),
    );
    await world.pass(1_000);
    expect(await world.send(jid(2), item)).toMatchObject({ until });
    world = world.restarted();
    expect(await world.send(jid(2), item)).toMatchObject({ until });
    expect(await world.send(jid(3))).toMatchObject({ kind: 'send' });
    await world.pass(2_500);
    expect(await world.send(jid(2), item)).toMatchObject({ kind: 'send' });
  });
});

describe('caps and the ramp', () => {
  it('count across a restart, warn on the device once, and not for replies', async () => {
    world.settings({ hourlyCap: 5, ramp: { firstDay: 3 } });
    for (let index = 0; index < 3; index += 1) await world.send(jid(index));
    for (let index = 0; index < 2; index += 1) await world.send(GROUP);
    world.writes(jid(50));
    for (let index = 0; index < 9; index += 1) {
      expect(await world.send(jid(50))).toMatchObject({ lane: 'reply', warnings: [] });
    }
    expect(health()?.warnings).toEqual([]);
    world = world.restarted();
    expect(await world.send(jid(4))).toMatchObject({ kind: 'send', warnings: ['hourly_cap', 'cold_quota'] });
    expect(await world.send(GROUP)).toMatchObject({ kind: 'send', warnings: ['hourly_cap'] });
    expect(health()?.warnings.map(({ code }) => code)).toEqual(['hourly_cap', 'cold_quota']);
    await world.pass(61 * MINUTE);
    expect(await world.send(GROUP)).toMatchObject({ warnings: [] });
  });

  it('hold back where enforced, and let go at the time they named', async () => {
    world.settings({ enforce: true, hourlyCap: 2 });
    for (let index = 0; index < 2; index += 1) await world.send(GROUP);
    const waits = await world.send(GROUP);
    expect(waits).toMatchObject({ kind: 'wait', reason: 'hourly_cap', holds: 'message' });
    expect(health()?.warnings.map(({ code }) => code)).toEqual(['hourly_cap']);
    const ms = waits.kind === 'wait' ? waits.until.getTime() - world.clock.now().getTime() : 0;
    await world.pass(ms - 1);
    expect(await world.send(GROUP)).toMatchObject({ kind: 'wait' });
    await world.pass(1);
    expect(await world.send(GROUP)).toMatchObject({ kind: 'send' });
  });

  it('hold as soon as the settings say so, and within seconds when another process changed them', async () => {
    await world.send(GROUP);
    world.settings({ enforce: true, hourlyCap: 1 });
    await world.pass(0);
    expect(await world.send(GROUP)).toMatchObject({ kind: 'wait' });
    world.tables.patch = { enforce: false };
    await world.pass(5_000);
    await world.send(GROUP);
    await world.pass(0);
    expect(await world.send(GROUP)).toMatchObject({ kind: 'send' });
  });
});

describe('what pacing costs', () => {
  it('is nothing per message: no reads, and a few writes a minute', async () => {
    await world.send(jid(1));
    await world.pass(1_000);
    const { reads, writes } = world.tables;
    for (let index = 0; index < 500; index += 1) {
      const { waMessageId } = await world.send(jid(index % 200));
      world.outcome(waMessageId, 'delivered');
    }
    expect(world.tables.reads).toBe(reads);
    expect(world.tables.writes - writes).toBeLessThan(5);
    await world.pass(MINUTE);
    expect(world.tables.writes - writes).toBeLessThan(8);
  });

  it('asks the database again when it was away, and writes what it could not write', async () => {
    world = world.restarted();
    world.tables.failure = new Error('away');
    await expect(world.send(jid(1))).rejects.toThrow('away');
    world.writes(jid(1));
    world.signals.onRateLimited({ deviceId: ANA, until: new Date(world.clock.now().getTime() + HOUR) });
    await world.pass(2_000);
    world.tables.failure = null;
    expect(await world.send(jid(1))).toMatchObject({ kind: 'send', lane: 'reply' });
    await world.pass(10_000);
    expect(world.tables.contacts.get(`${ANA} ${jid(1)}`)?.inbound).not.toBeNull();
  });

  it('is written down in full when the process stops', async () => {
    world.writes(jid(1));
    await sendToStrangers(world, 2, 1);
    await Promise.all([world.contacts.drain(), world.health.drain()]);
    expect(world.tables.contacts.size).toBe(3);
    expect(world.tables.health.get(ANA)).toMatchObject({
      account: ACCOUNT,
      breaker: { outcomes: [true, false] },
    });
  });
});

describe('a forecast', () => {
  const people = (count: number) => Array.from({ length: count }, (_, index) => jid(index));
  const codes = async (count: number, delayMs: number | null = null) =>
    (await world.pacing.warningsFor(ANA, { recipients: people(count), delayMs })).map(({ code }) => code);

  it('says nothing of a few, and what many will meet', async () => {
    expect(await codes(10)).toEqual([]);
    expect(await codes(21)).toEqual(['cold_quota']);
    expect(await codes(100)).toEqual(['hourly_cap', 'cold_quota']);
    expect(await codes(1_000)).toEqual(['hourly_cap', 'daily_cap', 'cold_quota']);
    expect(await codes(100, MINUTE)).toEqual(['cold_quota']);
  });

  it('knows who is no stranger, and what was sent already', async () => {
    for (const to of people(100)) world.writes(to);
    expect(await codes(100)).toEqual(['hourly_cap']);
    for (let index = 0; index < 75; index += 1) await world.send(GROUP);
    expect(await codes(10)).toEqual(['hourly_cap']);
    world = world.restarted();
    expect(await codes(10)).toEqual(['hourly_cap']);
  });

  it('names quiet hours on the way, and what WhatsApp has stopped', async () => {
    world.settings({ quietHours: { from: '00:30', to: '06:00', timezone: 'UTC' } });
    expect(await codes(10)).toEqual([]);
    expect(await codes(10, 10 * MINUTE)).toEqual(['quiet_hours']);
    world.settings({});
    const until = new Date(world.clock.now().getTime() + HOUR);
    world.deviceEvents.publish({ type: 'reachout-lock', deviceId: ANA, lock: { until } });
    world.signals.onRateLimited({ deviceId: ANA, until });
    await world.pass(0);
    expect(await codes(10)).toEqual(['rate_limited', 'reachout_locked']);
  });
});
