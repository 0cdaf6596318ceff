import { expect, it } from 'vitest';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import type { OutboundStatus } from '../../src/outbox/outbox-message.ts';
import { createOutcomes } from '../../src/outbox/outcomes.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { silentLogger } from '../../src/shared/logger.ts';
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
  return { outcomes, message, tell, state, rows, store, settle, pass };
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
  await rows.expire({ ...rows.row(idOf(1)), attempts: 0, error: null });
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
