import { beforeEach, describe, expect, it } from 'vitest';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { ANA, createPacingWorld, type PacingWorld, sendToStrangers } from '../fakes/pacing-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const jid = (number: number) => `6281300000${String(number).padStart(3, '0')}@s.whatsapp.net` as Jid;
const GROUP = '120363000000000001@g.us' as Jid;

let world: PacingWorld;
beforeEach(() => {
  world = createPacingWorld();
  world.connects();
});
const health = () => world.health.peek(ANA);

describe('a refusal of a stranger (463)', () => {
  const refuse = async (to: Jid) => {
    const { waMessageId } = await world.send(to);
    world.outcome(waMessageId, 'failed', 463);
    world.signals.onReachoutLocked({ deviceId: ANA, to });
    await world.pass(0);
  };

  it('pauses strangers at once and everywhere, and nobody else', async () => {
    world.writes(jid(2));
    await refuse(jid(1));
    const until = new Date(world.clock.now().getTime() + HOUR);
    await world.pass(1_000);
    for (const again of [world, world.restarted()]) {
      world = again;
      expect(await world.send(jid(3))).toMatchObject({
        kind: 'wait',
        reason: 'cold_paused',
        until,
        holds: 'message',
      });
      expect(await world.send(jid(2))).toMatchObject({ kind: 'send', lane: 'reply' });
      expect(await world.send(GROUP)).toMatchObject({ kind: 'send', lane: 'group' });
    }
  });

  it('takes the time WhatsApp names', async () => {
    const lock = new Date(world.clock.now().getTime() + 7 * HOUR);
    world.restrictions = { reachoutLock: { until: lock }, messageCap: null };
    await refuse(jid(1));
    expect(await world.send(jid(3))).toMatchObject({ reason: 'reachout_locked', until: lock });
    await world.health.drain();
    expect(world.tables.health.get(ANA)).toMatchObject({ reachoutUntil: lock, rampStartedAt: lock });
  });

  it('pauses also when WhatsApp cannot be asked', async () => {
    world.restrictions = null;
    await refuse(jid(1));
    expect(await world.send(jid(3))).toMatchObject({ reason: 'cold_paused' });
  });

  it('of somebody we know pauses nobody, and warns', async () => {
    world.writes(jid(1));
    await refuse(jid(1));
    expect(await world.send(jid(3))).toMatchObject({ kind: 'send', lane: 'cold' });
    expect(health()?.warnings.map(({ code }) => code)).toEqual(['known_contact_refused']);
  });
});

describe('other words of WhatsApp', () => {
  it('a first warning of the cap stops strangers', async () => {
    const until = new Date(world.clock.now().getTime() + 9 * HOUR);
    world.deviceEvents.publish({
      type: 'message-cap',
      deviceId: ANA,
      cap: { level: 'first_warning', until },
    });
    expect(await world.send(jid(1))).toMatchObject({ kind: 'wait', reason: 'message_cap', until });
    world.deviceEvents.publish({ type: 'message-cap', deviceId: ANA, cap: { level: 'none', until: null } });
    expect(await world.send(jid(1))).toMatchObject({ kind: 'send' });
  });

  it('a lock stops strangers until it is lifted', async () => {
    const until = new Date(world.clock.now().getTime() + 9 * HOUR);
    world.deviceEvents.publish({ type: 'reachout-lock', deviceId: ANA, lock: { until } });
    expect(await world.send(jid(1))).toMatchObject({ kind: 'wait', reason: 'reachout_locked', until });
    world.deviceEvents.publish({ type: 'reachout-lock', deviceId: ANA, lock: { until: null } });
    expect(await world.send(jid(1))).toMatchObject({ kind: 'send' });
  });

  it('a rate refusal stops everything, across a restart', async () => {
    const until = new Date(world.clock.now().getTime() + 5 * MINUTE);
    world.writes(jid(1));
    world.signals.onRateLimited({ deviceId: ANA, until });
    await world.pass(1_000);
    world = world.restarted();
    for (const to of [jid(1), jid(2), GROUP]) {
      expect(await world.send(to)).toMatchObject({
        kind: 'wait',
        reason: 'rate_limited',
        until,
        holds: 'device',
      });
    }
  });
});

describe('the breaker', () => {
  it('opens when strangers are not reached, tries one after half an hour, and closes when that is delivered', async () => {
    await sendToStrangers(world, 5, 1);
    expect(await world.send(jid(1))).toMatchObject({ kind: 'wait', reason: 'breaker' });
    await world.pass(1_000);
    world = world.restarted();
    expect(await world.send(jid(1))).toMatchObject({ kind: 'wait', reason: 'breaker' });
    await world.pass(30 * MINUTE);
    const probe = await world.send(jid(1));
    expect(probe).toMatchObject({ kind: 'send', lane: 'cold' });
    expect(await world.send(jid(2))).toMatchObject({ kind: 'wait', reason: 'breaker' });
    world.outcome(probe.waMessageId, 'read');
    expect(await world.send(jid(2))).toMatchObject({ kind: 'send' });
  });

  it('stays open when the one is refused, and takes silence for failure', async () => {
    await sendToStrangers(world, 5, 0);
    await world.pass(30 * MINUTE);
    const probe = await world.send(jid(1));
    expect(probe).toMatchObject({ kind: 'send' });
    const waits = await world.send(jid(2));
    expect(waits).toMatchObject({ kind: 'wait', until: new Date(world.clock.now().getTime() + HOUR) });
    await world.pass(HOUR);
    expect(await world.send(jid(2))).toMatchObject({
      kind: 'wait',
      until: new Date(world.clock.now().getTime() + 30 * MINUTE),
    });
  });

  it('counts what is not delivered in an hour, over a restart too', async () => {
    for (let index = 0; index < 5; index += 1) await world.send(jid(100 + index));
    expect(await world.send(GROUP)).toMatchObject({ kind: 'send' });
    await world.pass(30 * MINUTE);
    world = world.restarted();
    expect(await world.send(jid(1))).toMatchObject({ kind: 'send' });
    await world.pass(30 * MINUTE);
    expect(await world.send(jid(2))).toMatchObject({ kind: 'wait', reason: 'breaker' });
    expect(await world.send(GROUP)).toMatchObject({ kind: 'send' });
  });

  it('does not count what perhaps never left, people we know, or with the breaker off', async () => {
    world.writes(jid(1));
    for (let index = 0; index < 9; index += 1) {
      const { waMessageId } = await world.send(jid(1));
      world.outcome(waMessageId, 'failed', 400);
    }
    expect(await world.send(jid(2))).toMatchObject({ kind: 'send' });
    world.settings({ breaker: null });
    await world.pass(0);
    await sendToStrangers(world, 12, 0);
    expect(await world.send(jid(3))).toMatchObject({ kind: 'send' });
  });
});
