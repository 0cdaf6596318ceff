import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface ScheduleAnswer {
  readonly scheduleId: string;
  readonly status: string;
  readonly runAt: string;
  readonly scheduleTime: string;
}
interface ScheduleList {
  readonly items: readonly ScheduleAnswer[];
  readonly total: number;
  readonly nextCursor: string | null;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.createDevice('ana');
  await server.createDevice('budi');
});
afterAll(() => server.stop());

const LATER = { to: '08123456789', message: 'hello', scheduleTime: '2098-01-01 09:00:00' };
const post = (body: object, api: Api = server.api) =>
  api.post<ScheduleAnswer>('devices/ana/schedule-message', body);
const made = async (body: object = {}) => (await post({ ...LATER, ...body })).data;

describe('scheduling a message', () => {
  it('answers with the schedule, which can be read back, listed, changed and cancelled', async () => {
    const { status, data } = await post({ ...LATER, timezone: 'Europe/Berlin', missedPolicy: 'skip' });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      scheduleId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      deviceId: 'ana',
      to: '628123456789@s.whatsapp.net',
      kind: 'text',
      message: 'hello',
      status: 'active',
      runAt: '2098-01-01T08:00:00.000Z',
      scheduleTime: '2098-01-01 09:00:00',
      timezone: 'Europe/Berlin',
      recurrence: null,
      missedPolicy: 'skip',
      messageId: null,
      lastRunAt: null,
      runs: 0,
    });
    const path = `devices/ana/schedules/${data.scheduleId}`;
    expect((await server.api.get(path)).data).toEqual(data);
    const list = await server.api.get<ScheduleList>('devices/ana/schedules?status=active&to=08123456789');
    expect(list.data.items).toContainEqual(data);

    const edited = await server.api.patch(path, {
      message: 'later',
      scheduleTime: '2098-01-01T10:00:00+01:00',
      recurrence: 'FREQ=DAILY',
    });
    expect(edited.data).toMatchObject({
      message: 'later',
      runAt: '2098-01-01T09:00:00.000Z',
      recurrence: 'FREQ=DAILY',
    });
    for (let times = 0; times < 2; times += 1) {
      expect(await server.api.delete(path)).toMatchObject({ status: 200, data: { status: 'cancelled' } });
    }
    const over = await server.api.patch(path, { message: 'too late' });
    expect(over).toMatchObject({
      status: 409,
      code: 'SCHEDULE_FINISHED',
      details: { status: 'cancelled' },
    });
  });

  it('takes the time zone of the server, and a cron pattern without a start', async () => {
    expect(await made()).toMatchObject({ timezone: 'Asia/Jakarta', runAt: '2098-01-01T02:00:00.000Z' });
    const { data } = await post({ to: '08123456789', message: 'every year', recurrence: '30 7 1 1 *' });
    expect(data.scheduleTime).toMatch(/^\d{4}-01-01 07:30:00$/);
  });

  it('tells the live feed of each change, with the scope message:read', async () => {
    const { scheduleId } = await made({ message: 'watched' });
    await server.api.patch(`devices/ana/schedules/${scheduleId}`, { message: 'changed' });
    await server.api.delete(`devices/ana/schedules/${scheduleId}`);
    for (const change of ['created', 'edited', 'cancelled']) {
      await server.waitForEvent(
        (event) => event.type === 'schedule' && event.scheduleId === scheduleId && event.change === change,
      );
    }
  });

  it('happens once for each Idempotency-Key', async () => {
    const ask = (body: object) =>
      server.api.call<ScheduleAnswer>({
        method: 'POST',
        path: 'devices/ana/schedule-message',
        body,
        headers: { 'idempotency-key': 'schedule-1' },
      });
    const before = (await server.api.get<ScheduleList>('devices/ana/schedules')).data.total;
    const [first, second] = [await ask(LATER), await ask(LATER)];
    expect(second.data).toEqual(first.data);
    expect(second.status).toBe(201);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await server.api.get<ScheduleList>('devices/ana/schedules')).data.total).toBe(before + 1);
    expect(await ask({ ...LATER, message: 'other' })).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });
});

describe('a request that cannot be followed', () => {
  it.each([
    [{ scheduleTime: '2020-01-01 09:00:00' }, 400, 'SCHEDULE_TIME_PAST'],
    [{ scheduleTime: '2027-03-14 02:30:00', timezone: 'America/New_York' }, 400, 'SCHEDULE_TIME_IMPOSSIBLE'],
    [{ recurrence: 'FREQ=SOMETIMES' }, 400, 'SCHEDULE_RECURRENCE_INVALID'],
    [{ recurrence: '* * * *' }, 400, 'SCHEDULE_RECURRENCE_INVALID'],
    [{ recurrence: 'FREQ=YEARLY;UNTIL=20270101' }, 400, 'SCHEDULE_RECURRENCE_INVALID'],
    [{ scheduleTime: undefined, recurrence: 'FREQ=DAILY' }, 400, 'SCHEDULE_RECURRENCE_INVALID'],
    [{ scheduleTime: undefined }, 400, 'VALIDATION_FAILED'],
    [{ scheduleTime: '2098-02-30 09:00:00' }, 400, 'VALIDATION_FAILED'],
    [{ scheduleTime: 'tomorrow' }, 400, 'VALIDATION_FAILED'],
    [{ scheduleTime: '9999-12-31 23:59:59' }, 400, 'VALIDATION_FAILED'],
    [{ scheduleTime: 1_800_000_000 }, 400, 'VALIDATION_FAILED'],
    [{ timezone: 'Mars/Olympus_Mons' }, 400, 'VALIDATION_FAILED'],
    [{ timezone: '+07:00' }, 400, 'VALIDATION_FAILED'],
    [{ message: '' }, 400, 'VALIDATION_FAILED'],
    [{ message: 'x'.repeat(4097) }, 400, 'VALIDATION_FAILED'],
    [{ missedPolicy: 'maybe' }, 400, 'VALIDATION_FAILED'],
    [{ to: '12' }, 400, 'VALIDATION_FAILED'],
    [{ to: '08123' }, 422, 'RECIPIENT_INVALID'],
    [{ to: 'nobody@example.org' }, 422, 'RECIPIENT_INVALID'],
    [{ message: undefined }, 400, 'VALIDATION_FAILED'],
    [{ message: undefined, mediaType: 'image' }, 400, 'VALIDATION_FAILED'],
    [{ base64: 'JVBERi0xLjc=', mediaType: 'document' }, 400, 'VALIDATION_FAILED'],
    [{ message: undefined, mediaType: 'image', base64: 'JVBERi0xLjc=' }, 415, 'MEDIA_TYPE_MISMATCH'],
    [{ message: undefined, mediaType: 'image', url: 'https://10.0.0.1/a.png' }, 422, 'URL_NOT_ALLOWED'],
  ])('%j answers %i %s', async (body, status, code) => {
    const before = (await server.api.get<ScheduleList>('devices/ana/schedules')).data.total;
    expect(await post({ ...LATER, ...body })).toMatchObject({ status, code });
    expect((await server.api.get<ScheduleList>('devices/ana/schedules')).data.total).toBe(before);
  });

  it('says why a local time is impossible and which one is not', async () => {
    const answer = await post({
      ...LATER,
      scheduleTime: '2027-03-14 02:30:00',
      timezone: 'America/New_York',
    });
    expect(answer.details).toMatchObject({
      reason: expect.stringContaining('set forward'),
      firstTimeAfter: '2027-03-14 03:00:00',
    });
  });

  it.each([
    [{}, 'VALIDATION_FAILED'],
    [{ to: '08123456780' }, 'VALIDATION_FAILED'],
    [{ status: 'done' }, 'VALIDATION_FAILED'],
    [{ scheduleTime: '2020-01-01 09:00:00' }, 'SCHEDULE_TIME_PAST'],
    [{ recurrence: 'FREQ=NEVER' }, 'SCHEDULE_RECURRENCE_INVALID'],
    [{ scheduleTime: '2027-03-14 02:30:00', timezone: 'America/New_York' }, 'SCHEDULE_TIME_IMPOSSIBLE'],
  ])('a change to %j is refused as a whole', async (body, code) => {
    const before = await made();
    const path = `devices/ana/schedules/${before.scheduleId}`;
    expect(await server.api.patch(path, body)).toMatchObject({ status: 400, code });
    expect((await server.api.get(path)).data).toEqual(before);
  });

  it('names devices and schedules that are not there', async () => {
    const { scheduleId } = await made();
    const elsewhere = `devices/budi/schedules/${scheduleId}`;
    for (const answer of [
      await server.api.get(elsewhere),
      await server.api.patch(elsewhere, { message: 'x' }),
      await server.api.delete(elsewhere),
      await server.api.get('devices/ana/schedules/01K0000000000000000000000A'),
    ]) {
      expect(answer).toMatchObject({ status: 404, code: 'SCHEDULE_NOT_FOUND' });
    }
    expect((await server.api.get('devices/ana/schedules/x')).code).toBe('VALIDATION_FAILED');
    for (const answer of [
      await server.api.post('devices/nobody/schedule-message', LATER),
      await server.api.get('devices/nobody/schedules'),
    ]) {
      expect(answer).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
    }
  });

  it('needs the scope of its route, and the device in the list of the key', async () => {
    const { scheduleId } = await made();
    const path = `devices/ana/schedules/${scheduleId}`;
    const reader = await server.keyFor({ scopes: ['message:read'] });
    expect((await reader.get(path)).status).toBe(200);
    expect((await post(LATER, reader)).code).toBe('FORBIDDEN');
    expect((await reader.patch(path, { message: 'x' })).code).toBe('FORBIDDEN');
    expect((await reader.delete(path)).code).toBe('FORBIDDEN');
    const sender = await server.keyFor({ scopes: ['message:send'], deviceIds: ['budi'] });
    expect((await post(LATER, sender)).code).toBe('DEVICE_NOT_FOUND');
  });
});

describe('the list', () => {
  it('goes page by page, and by cursor', async () => {
    await server.createDevice('listed');
    for (let number = 0; number < 5; number += 1) {
      await server.api.post('devices/listed/schedule-message', { ...LATER, message: `number ${number}` });
    }
    const list = async (query: string) =>
      (await server.api.get<ScheduleList>(`devices/listed/schedules?${query}`)).data;
    const whole = await list('order=asc');
    expect(whole).toMatchObject({ total: 5, nextCursor: null });
    expect((await list('order=asc&pageSize=2&page=3')).items).toEqual(whole.items.slice(4));
    const { nextCursor, items } = await list('order=asc&pageSize=2');
    expect(items).toEqual(whole.items.slice(0, 2));
    expect((await list(`order=asc&pageSize=9&cursor=${nextCursor}`)).items).toEqual(whole.items.slice(2));
    for (const query of ['page=0', 'pageSize=201', 'status=late', 'order=up', 'cursor=x', 'to=1']) {
      expect((await server.api.get(`devices/listed/schedules?${query}`)).code).toBe('VALIDATION_FAILED');
    }
  });
});

describe('schedules of all devices', () => {
  it('are one list by cursor, narrowed to a device, a status and what the caller may use', async () => {
    const { data } = await server.api.post<ScheduleAnswer>('devices/budi/schedule-message', LATER);
    const all = await server.api.get<ScheduleList>('schedules?pageSize=1');
    expect(all.data.items).toEqual([data]);
    const rest = await server.api.get<ScheduleList>(`schedules?cursor=${all.data.nextCursor}&pageSize=200`);
    expect(rest.data.items.length).toBe(all.data.total - 1);
    const own = await server.api.get<ScheduleList>('schedules?deviceId=budi&status=active');
    expect(own.data).toMatchObject({ items: [data], total: 1, nextCursor: null });
  });

  it('are foreseen without being stored', async () => {
    const before = (await server.api.get<ScheduleList>('schedules')).data.total;
    const body = { scheduleTime: '2098-03-29 02:30:00', timezone: 'Europe/Berlin' };
    const { data } = await server.api.post('schedules/preview', {
      ...body,
      recurrence: 'FREQ=DAILY;COUNT=9',
      count: 2,
    });
    expect(data).toEqual({
      timezone: 'Europe/Berlin',
      runs: [
        { runAt: '2098-03-29T01:30:00.000Z', scheduleTime: '2098-03-29 02:30:00' },
        { runAt: '2098-03-30T01:00:00.000Z', scheduleTime: '2098-03-30 02:30:00' },
      ],
    });
    const gap = { ...body, scheduleTime: '2098-03-30 02:30:00' };
    expect(await server.api.post('schedules/preview', gap)).toMatchObject({
      code: 'SCHEDULE_TIME_IMPOSSIBLE',
      details: { firstTimeAfter: '2098-03-30 03:00:00' },
    });
    expect(await server.api.post('schedules/preview', { timezone: 'UTC' })).toMatchObject({ status: 400 });
    expect((await server.api.get<ScheduleList>('schedules')).data.total).toBe(before);
  });
});
