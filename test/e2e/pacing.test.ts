import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SendingHealthView } from '../../src/devices/sending-health.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const DEWI = '6281200000004';
const EKA = '6281200000005';

interface DeviceAnswer {
  readonly settings: { readonly pacing: Record<string, unknown> };
  readonly health: SendingHealthView;
}
interface JobAnswer {
  readonly jobId: string;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}
interface SentAnswer {
  readonly messageId: string;
  readonly status: string;
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  for (const [number, name] of [
    [BUDI, 'Budi'],
    [CITRA, 'Citra'],
    [DEWI, 'Dewi'],
  ] as const) {
    simulator.phone(number, name);
  }
  await simulator.phone(CITRA).sendText(ANA, 'I wrote first');
  await server.waitForEvent(({ type }) => type === 'message');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const device = async () => (await server.api.get<DeviceAnswer>('devices/ana')).data;
const send = (to: string, message: string) =>
  server.api.post<SentAnswer>('devices/ana/send-message', { to, message });
const sendJob = async (messages: readonly { to: string; message: string }[], delay = 0) =>
  (await server.api.post<JobAnswer>('devices/ana/jobs/send-text', { messages, delay })).data;
/** How often the server of the simulator was given this message. */
const submissions = (messageId: unknown) =>
  simulator.history.records((each) => each.kind === 'message' && each.id === messageId).length;
const textsOf = (number: string) =>
  simulator
    .phone(number)
    .messages()
    .map(({ text }) => text);

describe('the pacing of a device', () => {
  it('is shown in full, and changed by parts', async () => {
    const { settings, health } = await device();
    expect(settings.pacing).toMatchObject({
      enforce: false,
      hourlyCap: 80,
      ramp: { firstDay: 20, days: 14 },
    });
    expect(health).toMatchObject({
      coldPausedUntil: null,
      messageCap: 'none',
      breaker: 'closed',
      warnings: [],
    });
    const quietHours = { from: '22:00', to: '06:00', timezone: 'Asia/Jakarta' };
    const pacing = { ramp: { firstDay: 2 }, quietHours, dailyCap: null };
    const { data } = await server.api.patch<DeviceAnswer>('devices/ana', { settings: { pacing } });
    expect(data.settings.pacing).toMatchObject({
      enforce: false,
      hourlyCap: 80,
      dailyCap: null,
      ramp: { firstDay: 2, lastDay: 200, days: 14 },
      quietHours,
    });
    await server.api.patch('devices/ana', { autoRead: true });
    expect((await device()).settings.pacing).toEqual(data.settings.pacing);
    await server.api.patch('devices/ana', { settings: { pacing: { quietHours: null } } });
  });

  it.each([
    [{ hourlyCap: 0 }],
    [{ quietHours: { from: '22:00', to: '06:00', timezone: 'Nowhere/Land' } }],
    [{ gapSeconds: { min: 10 } }],
    [{ pace: 'fast' }],
  ])('is not changed by nonsense: %o', async (pacing) => {
    const before = await device();
    const answer = await server.api.patch('devices/ana', { settings: { pacing } });
    expect(answer).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect((await device()).settings).toEqual(before.settings);
  });

  it('warns of what a job will run into, and of what was, and holds nothing back', async () => {
    const strangers = [BUDI, DEWI].flatMap((to) =>
      [1, 2].map((count) => ({ to, message: `hello ${count}` })),
    );
    const few = await sendJob([{ to: CITRA, message: 'hello' }]);
    expect(few.warnings).toEqual([]);
    const hundred = Array.from({ length: 99 }, (_, index) => ({ to: CITRA, message: `hello ${index}` }));
    const { jobId, warnings } = await sendJob([...strangers, ...hundred]);
    expect(warnings.map(({ code }) => code)).toEqual(['hourly_cap']);
    await server.waitForEvent((each) => each.jobId === jobId && each.status === 'completed');
    const { health } = await device();
    expect(health.warnings.map(({ code }) => code)).toEqual(['cold_quota']);
    expect(textsOf(DEWI)).toEqual(['hello 1', 'hello 2']);
  });

  it('holds back where the operator wants it', async () => {
    await server.api.patch('devices/ana', { settings: { pacing: { enforce: true } } });
    await sendJob([
      { to: DEWI, message: 'one stranger too many' },
      { to: CITRA, message: 'a reply' },
    ]);
    await waitForMessage(simulator.phone(CITRA), ({ text }) => text === 'a reply');
    expect(textsOf(DEWI)).not.toContain('one stranger too many');
    await server.api.patch('devices/ana', { settings: { pacing: { enforce: false } } });
  });
});

describe('a refusal with 463', () => {
  it('ends the message for good and pauses strangers, on the device, across a restart, while replies go on', async () => {
    simulator.faults.add({ kind: 'nack', code: '463', times: 1, target: { phoneNumber: ANA } });
    const refused = await send(BUDI, 'unwanted');
    expect(refused).toMatchObject({ status: 422, code: 'SEND_REFUSED', details: { code: 463 } });
    const { messageId } = refused.details;
    await server.waitForEvent((each) => each.messageId === messageId && each.status === 'failed');

    const { health } = await device();
    const pauseMs = Date.parse(health.coldPausedUntil ?? '') - Date.now();
    expect(pauseMs).toBeGreaterThan(50 * 60_000);
    expect(pauseMs).toBeLessThanOrEqual(60 * 60_000);
    expect(await send(CITRA, 'a reply goes on')).toMatchObject({ status: 200 });
    // Nobody waits for what will not go within the time of a request: with one or many, and under a key.
    const waits = { status: 'queued', reason: 'COLD_PAUSED', retryAt: health.coldPausedUntil };
    expect(await send(BUDI, 'not now')).toMatchObject({ status: 202, data: waits });
    const many = { messages: [{ to: BUDI, message: 'not now either' }] };
    for (const headers of [{}, { 'idempotency-key': 'not now' }]) {
      const path = 'devices/ana/send-message';
      const answer = await server.api.call({ method: 'POST', path, body: many, headers });
      expect(answer).toMatchObject({
        status: 202,
        data: { pendingCount: 1, results: [{ success: true, ...waits }] },
      });
    }

    server = await server.restart();
    await server.waitForStatus('ana', 'connected');
    expect((await device()).health.coldPausedUntil).toBe(health.coldPausedUntil);
    const { warnings } = await sendJob([
      { to: BUDI, message: 'a stranger waits' },
      { to: CITRA, message: 'a reply still goes' },
    ]);
    expect(warnings.map(({ code }) => code)).toContain('cold_paused');
    await waitForMessage(simulator.phone(CITRA), ({ text }) => text === 'a reply still goes');
    expect(textsOf(BUDI)).not.toContain('a stranger waits');
    expect(submissions(messageId)).toBe(1);
    const { data } = await server.api.get(`devices/ana/messages/${messageId}`);
    expect(data).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'WA_463' } });
  });

  it('brings to light what WhatsApp has against the account', async () => {
    await server.createDevice('eka');
    await server.pairByQr('eka', simulator.phone(EKA, 'Eka'));
    const target = { phoneNumber: EKA };
    simulator.faults.add({ kind: 'nack', code: '463', times: 1, target });
    simulator.faults.add({ kind: 'reachout-lock', seconds: 7_200, times: 1, target });
    simulator.faults.add({ kind: 'message-cap', level: 'FIRST_WARNING', times: 1, target });
    const askedAt = Date.now();
    const answer = await server.api.post('devices/eka/send-message', { to: BUDI, message: 'unwanted' });
    expect(answer).toMatchObject({ status: 422, code: 'SEND_REFUSED' });
    const health = await untilTold('eka');
    const inMinutes = (time: string | null) => (Date.parse(time ?? '') - askedAt) / 60_000;
    expect(health.messageCap).toBe('first_warning');
    expect(inMinutes(health.reachoutLockedUntil)).toBeCloseTo(120, 0);
    // The warning lasts longer than the lock: a day, because WhatsApp named no end.
    expect(inMinutes(health.coldPausedUntil)).toBeCloseTo(24 * 60, 0);
  });
});

/** The health once WhatsApp has answered: nothing tells of it, so the device is looked at until it shows. */
async function untilTold(deviceId: string): Promise<SendingHealthView> {
  for (;;) {
    const { health } = (await server.api.get<DeviceAnswer>(`devices/${deviceId}`)).data;
    if (health.messageCap !== 'none') return health;
  }
}
