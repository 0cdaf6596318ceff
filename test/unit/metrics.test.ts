import { describe, expect, it } from 'vitest';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import type { DeviceState } from '../../src/devices/device-state.ts';
import { countDatabaseError } from '../../src/metrics/database-metrics.ts';
import { measureDevices } from '../../src/metrics/device-metrics.ts';
import { countRequest } from '../../src/metrics/http-metrics.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { measureAccepted, measureOutbox } from '../../src/metrics/outbox-metrics.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import { AppError, FencedError } from '../../src/shared/errors.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds, type DeviceId, timeOfId, type WaMessageId } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const ANA = 'ana-with-a-name-of-her-own' as DeviceId;
const JID = '6281234567890:3@s.whatsapp.net' as Jid;
const NOW = new Date('2026-11-20T12:00:00Z');

/** The lines of ours that hold a value other than 0. */
async function shown(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const lines = (await metrics.read()).split('\n');
  return lines.filter((line) => /^wafleet_.* (?!0$)/.test(line)).sort();
}

const throwing = (error: unknown) => {
  throw error;
};

describe('devices', () => {
  const prepare = () => {
    const metrics = createMetrics();
    const bus = createEventBus<DeviceEvent>(throwing);
    measureDevices(bus, metrics.instruments);
    const reaches = (state: DeviceState) =>
      bus.publish({ type: 'state-changed', deviceId: ANA, state, view: null as never });
    return { metrics, bus, reaches };
  };
  const cause = (code: string, retryAt: Date | null) => ({
    code,
    source: 'stream',
    reason: 'words',
    action: null,
    retryAt,
  });
  const connected: DeviceState = { status: 'connected', jid: JID, lid: null, since: NOW, syncPercent: null };
  const lost = cause('connection_lost', NOW) as never;

  it('are counted by the status they are in, once each', async () => {
    const { metrics, reaches } = prepare();
    reaches({ status: 'connecting', attempt: 1, cause: null });
    reaches(connected);
    reaches({ ...connected, syncPercent: 50 });
    expect(await shown(metrics)).toEqual([
      'wafleet_device_connects_total 1',
      'wafleet_live_devices{status="connected"} 1',
    ]);
  });

  it('tell why they lost their connection and that they came back', async () => {
    const { metrics, reaches } = prepare();
    reaches(connected);
    reaches({ status: 'reconnecting', attempt: 0, cause: lost });
    reaches({ status: 'connecting', attempt: 1, cause: lost });
    reaches({ status: 'reconnecting', attempt: 1, cause: lost });
    reaches({ status: 'connecting', attempt: 2, cause: lost });
    reaches(connected);
    expect(await shown(metrics)).toEqual([
      'wafleet_device_connects_total 2',
      'wafleet_device_disconnects_total{cause="connection_lost"} 1',
      'wafleet_device_reconnects_total{cause="connection_lost"} 2',
      'wafleet_live_devices{status="connected"} 1',
    ]);
  });

  it('are not live once nothing will happen by itself, or when they are gone', async () => {
    const { metrics, bus, reaches } = prepare();
    reaches(connected);
    reaches({ status: 'disconnected', cause: cause('stopped', null) as never });
    expect((await shown(metrics)).join()).not.toContain('wafleet_live_devices');
    reaches(connected);
    bus.publish({ type: 'removed', deviceId: ANA });
    expect((await shown(metrics)).join()).not.toContain('wafleet_live_devices');
  });
});

describe('messages', () => {
  it('are counted by the status they reach, and refusals by codes of which there are few', async () => {
    const metrics = createMetrics();
    const bus = createEventBus<OutboxEvent>(throwing);
    measureOutbox(bus, metrics.instruments);
    const tell = (status: OutboxEvent['status'], refusal: number | null = null) =>
      bus.publish({
        type: 'status-changed',
        deviceId: ANA,
        waMessageId: '3EB0000000000000000001' as WaMessageId,
        status,
        error: null,
        refusal,
        jobId: null,
        dueAt: null,
      });
    tell('sending');
    tell('server_ack');
    for (const code of [463, 479, 406, 407, 503, 12_345]) tell('failed', code);
    expect(await shown(metrics)).toEqual([
      'wafleet_message_statuses_total{status="failed"} 6',
      'wafleet_message_statuses_total{status="sending"} 1',
      'wafleet_message_statuses_total{status="server_ack"} 1',
      'wafleet_send_refusals_total{code="463"} 1',
      'wafleet_send_refusals_total{code="479"} 1',
      'wafleet_send_refusals_total{code="4xx"} 2',
      'wafleet_send_refusals_total{code="5xx"} 1',
      'wafleet_send_refusals_total{code="other"} 1',
    ]);
  });

  it('take as long as from their id to the ack; items of jobs and schedules do not count', async () => {
    const metrics = createMetrics();
    const clock = createManualClock(NOW);
    const ids = createIds({ clock, random: systemRandom });
    const { sendSeconds } = metrics.instruments;
    const id = ids.next();
    expect(timeOfId(id)).toEqual(NOW);
    clock.advance(300);
    measureAccepted({ id, source: 'api' }, { sendSeconds, clock });
    measureAccepted({ id, source: 'api', jobId: id }, { sendSeconds, clock });
    measureAccepted({ id, source: 'schedule' }, { sendSeconds, clock });
    const lines = await shown(metrics);
    expect(lines).toContain('wafleet_send_seconds_count 1');
    expect(lines).toContain('wafleet_send_seconds_sum 0.3');
  });
});

it('counts what went wrong in the database, not its answers', async () => {
  const metrics = createMetrics();
  const errors = [
    new AppError('DATABASE_UNAVAILABLE'),
    new AppError('STORAGE_FULL'),
    new Error('no such column'),
    new DuplicateKeyError('exists'),
    new FencedError('moved on'),
  ];
  for (const error of errors) countDatabaseError(error, metrics.instruments);
  expect(await shown(metrics)).toEqual([
    'wafleet_database_errors_total{kind="storage_full"} 1',
    'wafleet_database_errors_total{kind="unavailable"} 1',
    'wafleet_database_errors_total{kind="unexpected"} 1',
  ]);
});

it('counts requests by the pattern of their route', async () => {
  const metrics = createMetrics();
  const route = '/devices/:deviceId';
  countRequest({ method: 'GET', route, status: 200, seconds: 0.02 }, metrics.instruments);
  countRequest({ method: 'GET', route, status: 404, seconds: 0.02 }, metrics.instruments);
  const lines = await shown(metrics);
  expect(lines).toContain(
    'wafleet_http_requests_total{method="GET",route="/devices/:deviceId",status="404"} 1',
  );
  expect(lines).toContain('wafleet_http_request_seconds_count{route="/devices/:deviceId"} 2');
});

it('has the metrics of the process beside ours', async () => {
  const text = await createMetrics().read();
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
    'process_cpu_seconds_total',
  ])
    expect(text).toContain(`\n${name}`);
});
