import { describe, expect, it } from 'vitest';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import type { OutboundStatus } from '../../src/outbox/outbox-message.ts';
import { createOutcomes } from '../../src/outbox/outcomes.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { ManualClock } from '../fakes/manual-clock.ts';
import { createOutboxWorld, DEVICE, idOf, waIdOf } from '../fakes/outbox-world.ts';

function listeners({ isHeard = true } = {}) {
  const { rows, clock, store, settle, pass } = createOutboxWorld();
  const strict = (error: unknown) => {
    throw error;
  };
  const devices = createEventBus<DeviceEvent>(strict);
  const events = createEventBus<OutboxEvent>(strict);
  const outcomes = createOutcomes({
    devices,
    events,
    find: rows.find,
    isHeard: () => isHeard,
    clock,
    log: silentLogger,
  });
  const message = { deviceId: DEVICE, waMessageId: waIdOf(1) };
  const tell = (status: OutboundStatus, fields: Partial<OutboxEvent> = {}) =>
    events.publish({
      ...message,
      type: 'status-changed',
      status,
      error: null,
      refusal: null,
      jobId: null,
      dueAt: null,
      ...fields,
    });
  const state = (status: 'connected' | 'reconnecting') =>
    devices.publish({ type: 'state-changed', deviceId: DEVICE, state: { status } } as DeviceEvent);
  return { outcomes, message, tell, state, rows, clock, store, settle, pass };
}

it('resolves when WhatsApp has the message', async () => {
  const { outcomes, message, tell } = listeners();
  const { outcome } = outcomes.listen(message, 1_000);
  tell('sending');
  tell('server_ack');
  tell('delivered');
  expect(await outcome).toEqual({ status: 'server_ack', error: null, refusal: null });
});

it('resolves when it ended, with why', async () => {
  const { outcomes, message, tell } = listeners();
  const both = [outcomes.listen(message, 1_000), outcomes.listen(message, 1_000)];
  const error = { code: 'WA_463', message: 'no' };
  tell('failed', { error, refusal: 463 });
  for (const { outcome } of both) expect(await outcome).toEqual({ status: 'failed', error, refusal: 463 });
});

it('resolves with where it stands when time is up, or the connection ends', async () => {
  const { outcomes, message, tell, state, pass } = listeners();
  const late = outcomes.listen(message, 1_000);
  await pass(1_000);
  expect(await late.outcome).toMatchObject({ status: 'queued' });
  const cut = outcomes.listen(message, 1_000);
  tell('sending');
  state('connected');
  state('reconnecting');
  expect(await cut.outcome).toMatchObject({ status: 'sending' });
});

it('reads the rows of devices that other processes run', async () => {
  const { outcomes, message, rows, store, pass } = listeners({ isHeard: false });
  const { outcome } = outcomes.listen(message, 60_000);
  await pass(1_000);
  await store(1);
  await pass(1_000);
  await rows.advance(DEVICE, { waMessageIds: [waIdOf(1)], status: 'server_ack', at: new Date(0) });
  await pass(1_000);
  expect(await outcome).toMatchObject({ status: 'server_ack' });
});

it('hears of what happened before it listened by reading', async () => {
  const { outcomes, message, rows, store } = listeners();
  await store(1);
  await rows.expire(rows.row(idOf(1)));
  const { outcome } = outcomes.listen(message, 60_000);
  await outcomes.read(message);
  expect(await outcome).toMatchObject({ status: 'expired' });
});

it('lets everybody go at the end, those who come later too', async () => {
  const { outcomes, message, tell, pass } = listeners();
  const before = outcomes.listen(message, 60_000);
  tell('sending');
  outcomes.release();
  expect(await before.outcome).toMatchObject({ status: 'sending' });
  const after = outcomes.listen(message, 60_000);
  await pass(1);
  expect(await after.outcome).toMatchObject({ status: 'queued' });
});

describe('a message that does not go before the wait would be over', () => {
  const error = { code: 'COLD_PAUSED', message: 'Held back' };
  const later = (clock: ManualClock, ms: number) => new Date(clock.now().getTime() + ms);

  it('is not waited for, when pacing holds it back', async () => {
    const { outcomes, message, clock } = listeners();
    const { outcome } = outcomes.listen(message, 25_000);
    const other = outcomes.listen({ ...message, waMessageId: waIdOf(2) }, 25_000);
    const until = later(clock, 60_000);
    outcomes.heldBack({ ...message, error, until });
    expect(await outcome).toEqual({ status: 'queued', error, refusal: null, retryAt: until });
    outcomes.release();
    expect((await other.outcome).retryAt).toBeUndefined();
  });

  it('is not waited for, when nothing of its device goes; what is being sent is', async () => {
    const { outcomes, message, tell, clock, store } = listeners();
    const [waits, goes] = [message, { ...message, waMessageId: waIdOf(2) }];
    const outcome = outcomes.listen(waits, 25_000);
    const sent = outcomes.listen(goes, 25_000);
    tell('sending', goes);
    const hold = { deviceId: DEVICE, waMessageId: null, error, until: later(clock, 60_000) };
    outcomes.heldBack(hold);
    expect(await outcome.outcome).toMatchObject({ status: 'queued', error, retryAt: hold.until });
    tell('server_ack', goes);
    expect(await sent.outcome).toMatchObject({ status: 'server_ack' });
    // Who begins to listen after the device was held hears of it by reading.
    outcomes.heldBack(hold);
    await store(1);
    const late = outcomes.listen(waits, 25_000);
    await outcomes.read(waits);
    expect(await late.outcome).toMatchObject({ status: 'queued', error, retryAt: hold.until });
  });

  it('is not waited for, when it is tried again later, or its row says so', async () => {
    const { outcomes, message, tell, clock, rows, store } = listeners();
    const refused = outcomes.listen(message, 25_000);
    tell('queued', { error, dueAt: later(clock, 2_000) });
    tell('queued', { error, dueAt: later(clock, 300_000) });
    expect(await refused.outcome).toMatchObject({ error, retryAt: later(clock, 300_000) });
    const id = await store(1);
    await rows.postpone(rows.row(id), later(clock, 60_000), error);
    const elsewhere = outcomes.listen(message, 25_000);
    await outcomes.read(message);
    expect(await elsewhere.outcome).toMatchObject({ error, retryAt: later(clock, 60_000) });
  });

  it('is waited for when it goes soon enough', async () => {
    const { outcomes, message, tell, clock } = listeners();
    const { outcome } = outcomes.listen(message, 25_000);
    outcomes.heldBack({ ...message, error, until: later(clock, 20_000) });
    tell('server_ack');
    expect(await outcome).toMatchObject({ status: 'server_ack' });
  });
});
