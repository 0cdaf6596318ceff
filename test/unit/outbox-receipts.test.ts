import { expect, it } from 'vitest';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import { startReceiptRecorder } from '../../src/outbox/receipt-recorder.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createFakeOutboxRows } from '../fakes/outbox-rows.ts';
import { BUDI, createOutboxWorld, DEVICE, idOf, waIdOf } from '../fakes/outbox-world.ts';

async function startRecorder() {
  const { rows, clock, store, settle, pass } = createOutboxWorld();
  const devices = createEventBus<DeviceEvent>((error) => {
    throw error;
  });
  const events: OutboxEvent[] = [];
  const told: string[] = [];
  const underWay = new Set<string>();
  const recorder = startReceiptRecorder({
    devices,
    repository: rows,
    publish: (event) => events.push(event),
    async refused({ waMessageId, code }) {
      told.push(`refused ${code}`);
      return underWay.has(waMessageId);
    },
    caughtUp: () => () => told.push(`caught up after ${events.length}`),
    signals: { onDelivered: ({ waMessageId }) => told.push(`delivered ${Number(waMessageId.slice(4))}`) },
    clock,
    log: silentLogger,
  });
  for (const number of [1, 2, 3]) await store(number);
  const receipt = (kind: 'delivered' | 'read', numbers: number[]) =>
    devices.publish({
      type: 'receipt',
      deviceId: DEVICE,
      waMessageIds: numbers.map(waIdOf),
      kind,
      from: BUDI,
      at: clock.now(),
    });
  const ack = (number: number) =>
    devices.publish({ type: 'ack', deviceId: DEVICE, waMessageId: waIdOf(number) });
  return { recorder, devices, events, told, underWay, rows, clock, receipt, ack, settle, pass };
}

it('stores and tells what moves a message forward, each step once', async () => {
  const { ack, receipt, events, told, settle, rows } = await startRecorder();
  ack(1);
  receipt('delivered', [1, 2]);
  receipt('delivered', [1]);
  receipt('read', [1]);
  ack(1);
  await settle();
  expect(events.map(({ waMessageId, status }) => `${Number(waMessageId.slice(4))} ${status}`)).toEqual([
    '1 server_ack',
    '1 delivered',
    '2 delivered',
    '1 read',
  ]);
  expect(told).toEqual(['delivered 1', 'delivered 2']);
  expect(rows.status(idOf(1))).toBe('read');
});

it('says that a socket caught up only when what came before is stored, however long that takes', async () => {
  const { ack, devices, events, told, rows, settle, pass } = await startRecorder();
  rows.outage = 4;
  ack(1);
  ack(2);
  devices.publish({ type: 'caught-up', deviceId: DEVICE });
  await settle();
  expect(told).toEqual([]);
  for (let second = 0; second < 60; second += 1) await pass(1_000);
  expect(events.map(({ status }) => status)).toEqual(['server_ack', 'server_ack']);
  expect(told).toEqual(['caught up after 2']);
});

it('does not let one device wait for another', async () => {
  const { ack, devices, rows, told, settle } = await startRecorder();
  rows.outage = 1;
  ack(1);
  devices.publish({ type: 'caught-up', deviceId: 'budi' as DeviceId });
  await settle();
  expect(told).toEqual(['caught up after 0']);
});

it('leaves a refusal to whoever has the message under way, and else ends it', async () => {
  const { devices, told, underWay, rows, events, settle } = await startRecorder();
  underWay.add(waIdOf(1));
  for (const number of [1, 2]) {
    devices.publish({ type: 'nack', deviceId: DEVICE, waMessageId: waIdOf(number), code: 463 });
  }
  await settle();
  expect(told).toEqual(['refused 463', 'refused 463']);
  expect(rows.status(idOf(1))).toBe('queued');
  expect(rows.row(idOf(2))).toMatchObject({ status: 'failed', error: { code: 'WA_463' } });
  expect(events).toMatchObject([{ status: 'failed', refusal: 463 }]);
});

it('waits at the end for what is not stored yet, but not for ever', async () => {
  const clock = createManualClock();
  const rows = createFakeOutboxRows(clock);
  rows.outage = Number.POSITIVE_INFINITY;
  const devices = createEventBus<DeviceEvent>((error) => {
    throw error;
  });
  const recorder = startReceiptRecorder({
    devices,
    repository: rows,
    publish() {},
    refused: async () => false,
    caughtUp: () => () => {},
    signals: { onDelivered() {} },
    clock,
    log: silentLogger,
  });
  devices.publish({ type: 'ack', deviceId: DEVICE, waMessageId: waIdOf(1) });
  const drained = recorder.drain(2_000);
  clock.advance(2_000);
  await drained;
});
