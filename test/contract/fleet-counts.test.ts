import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { createFleetRepository } from '../../src/metrics/fleet-repository.ts';
import type { NewOutboxMessage } from '../../src/outbox/outbox-message.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { deviceIdOf } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const NOON = new Date('2026-11-20T12:00:00.500Z');
const before = (seconds: number) => new Date(NOON.getTime() - seconds * 1000);

describeOnEachDatabase('counts for the metrics', (open) => {
  const prepare = async () => {
    const database = await open();
    const proxySealer = { seal: (text: string) => text, open: (text: string) => text };
    const devices = createDeviceRepository({ database, clock: systemClock, proxySealer });
    const outbox = createOutboxRepository({ database, clock: systemClock });
    const fleet = createFleetRepository(database);
    const add = async (name: string, lastStatus: 'connected' | 'disconnected'): Promise<DeviceId> => {
      const deviceId = deviceIdOf(name);
      await devices.add({
        deviceId,
        deviceName: null,
        tags: [],
        proxyUrl: null,
        settings: DEFAULT_DEVICE_SETTINGS,
      });
      await devices.update(deviceId, { lastStatus });
      return deviceId;
    };
    return { database, fleet, outbox, add };
  };

  it('are empty without devices', async () => {
    const { fleet } = await prepare();
    expect(await fleet.devices()).toEqual([]);
    expect(await fleet.outbox()).toEqual([]);
    expect(await fleet.outboxHeads()).toEqual([]);
    expect(await fleet.jobs()).toEqual([]);
    expect(await fleet.nextScheduleAt()).toBeNull();
  });

  it('tell how much waits, for whom, and since when, whatever lies behind it in history', async () => {
    const { database, fleet, outbox, add } = await prepare();
    const ana = await add('ana', 'connected');
    const bob = await add('bob', 'connected');
    const eva = await add('eva', 'disconnected');
    await outbox.add([
      message(1, ana, { dueAt: before(90) }),
      message(2, ana, { dueAt: before(30) }),
      message(3, ana, { dueAt: before(500), ...job(0) }),
      message(4, bob, { dueAt: before(60) }),
      message(5, eva, { dueAt: before(7), ...job(1) }),
      message(6, eva, { dueAt: before(9_000) }),
      message(7, deviceIdOf('gone'), { dueAt: before(9_999) }),
    ]);
    await setStatus(database, 2, 'held');
    await setStatus(database, 6, 'delivered');

    expect(new Set(await fleet.devices())).toEqual(
      new Set([
        { status: 'connected', count: 2 },
        { status: 'disconnected', count: 1 },
      ]),
    );
    expect(new Set(await fleet.outbox())).toEqual(
      new Set([
        { status: 'queued', source: 'single', deviceStatus: 'connected', count: 2 },
        { status: 'queued', source: 'job', deviceStatus: 'connected', count: 1 },
        { status: 'held', source: 'single', deviceStatus: 'connected', count: 1 },
        { status: 'queued', source: 'job', deviceStatus: 'disconnected', count: 1 },
      ]),
    );
    expect(new Set(await fleet.outboxHeads())).toEqual(
      new Set([
        { source: 'single', deviceStatus: 'connected', oldestDueAt: before(90) },
        { source: 'job', deviceStatus: 'connected', oldestDueAt: before(500) },
        { source: 'job', deviceStatus: 'disconnected', oldestDueAt: before(7) },
      ]),
    );
  });

  it('tell of jobs that are not finished and of the schedule that is next', async () => {
    const { database, fleet, add } = await prepare();
    const ana = await add('ana', 'connected');
    await addJob(database, ana, { number: 1, status: 'processing' });
    await addJob(database, ana, { number: 2, status: 'paused' });
    await addJob(database, ana, { number: 3, status: 'completed' });
    await addSchedule(database, ana, { number: 1, status: 'active', runAt: NOON });
    await addSchedule(database, ana, { number: 2, status: 'active', runAt: before(-60) });
    await addSchedule(database, ana, { number: 3, status: 'done', runAt: before(60) });
    expect(new Set(await fleet.jobs())).toEqual(
      new Set([
        { status: 'processing', count: 1 },
        { status: 'paused', count: 1 },
      ]),
    );
    expect(await fleet.nextScheduleAt()).toEqual(NOON);
  });
});

const idOf = (number: number) => String(number).padStart(26, '0');
const job = (itemIndex: number) => ({ jobId: idOf(1), itemIndex, source: 'job' as const });

function message(number: number, deviceId: DeviceId, fields: Partial<NewOutboxMessage>): NewOutboxMessage {
  return {
    id: idOf(number),
    deviceId,
    waMessageId: `3EB0${String(number).padStart(18, '0')}` as WaMessageId,
    to: '6281234567890@s.whatsapp.net' as Jid,
    kind: 'text',
    text: 'text',
    content: null,
    source: 'api',
    dueAt: NOON,
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt: null,
    ...fields,
  };
}

function setStatus(database: Database, number: number, status: string) {
  const text = 'update outbound_message set status = ? where id = ?';
  return database.run({ text, params: [status, idOf(number)] });
}

function addJob(
  database: Database,
  deviceId: DeviceId,
  { number, status }: { number: number; status: string },
) {
  return database.run({
    text: `insert into job (id, device_id, kind, status, total, on_ambiguous, created_at, updated_at)
      values (?, ?, 'text', ?, 1, 'resend', ?, ?)`,
    params: [idOf(number), deviceId, status, NOON, NOON],
  });
}

function addSchedule(
  database: Database,
  deviceId: DeviceId,
  { number, status, runAt }: { number: number; status: string; runAt: Date },
) {
  return database.run({
    text: `insert into schedule (id, device_id, to_jid, kind, timezone, local_time, run_at, missed_policy, status, runs,
        created_at, updated_at)
      values (?, ?, '1@s.whatsapp.net', 'text', 'Asia/Jakarta', '2026-11-20 19:00:00', ?, 'send', ?, 0, ?, ?)`,
    params: [idOf(number), deviceId, runAt, status, NOON, NOON],
  });
}
