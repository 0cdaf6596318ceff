import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { createLogRecorder, QUIET_HEALTH, startTestServer, withKey } from '../support/http.ts';

const health = {
  connection: async () => ({
    deviceId: 'dev-1',
    status: 'connected',
    hasSession: true,
    connected: true,
    phone: '628123456789',
  }),
  devicesByStatus: async () => ({ connected: 2, disconnected: 1 }),
  recipients: async () => 3,
};

describe('/health', () => {
  it('has the fields monitors look for, beside the envelope and inside it', async () => {
    await using server = await startTestServer({ health });
    const { success, message, timestamp, data, ...beside } = (await server.app.inject('/health')).json();
    expect({ success, message, timestamp }).toMatchObject({ success: true });
    expect(beside).toEqual(data);
    expect(data).toEqual({
      status: 'ok',
      service: 'wafleet',
      version: '0.0.0',
      port: 0,
      uptime: expect.any(Number),
      connection: { status: 'connected', hasSession: true, connected: true },
      devices: { total: 3, byStatus: { connected: 2, disconnected: 1 } },
      recipients: 3,
      memory: { used: expect.any(Number), total: expect.any(Number), unit: 'MB' },
    });
  });

  it('shows the phone number only to a key that may read the device', async () => {
    await using server = await startTestServer({
      health,
      keys: {
        reader: { scopes: ['device:read'] },
        sender: { scopes: ['message:send'] },
        other: { scopes: ['device:read'], deviceIds: ['dev-2'] },
      },
    });
    const phoneFor = async (headers: Record<string, string>) =>
      (await server.app.inject({ url: '/health', headers })).json().connection.phone;
    expect(await phoneFor({})).toBeUndefined();
    expect(await phoneFor(withKey('sender'))).toBeUndefined();
    expect(await phoneFor(withKey('other'))).toBeUndefined();
    expect(await phoneFor(withKey('reader'))).toBe('628123456789');
  });

  it('still answers, as degraded, when a part cannot tell', async () => {
    const { log, lines } = createLogRecorder();
    const broken = { ...health, devicesByStatus: () => Promise.reject(new Error('database away')) };
    await using server = await startTestServer({ health: broken, log });
    const response = await server.app.inject('/health');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ status: 'degraded', devices: { total: 0 }, recipients: 3 });
    expect(lines.some(({ message }) => message === 'health is incomplete')).toBe(true);
  });
});

it('answers although the key cannot be looked up', async () => {
  await using server = await startTestServer({
    health,
    authenticate: () => Promise.reject(new AppError('DATABASE_UNAVAILABLE')),
  });
  const response = await server.app.inject({ url: '/health', headers: withKey('any') });
  expect(response.statusCode).toBe(200);
  expect(response.json().connection.phone).toBeUndefined();
});

describe('/ready', () => {
  it('answers 200 when every check passes', async () => {
    await using server = await startTestServer({
      checks: { database: async () => {}, wakeups: async () => {} },
    });
    const response = await server.app.inject('/ready');
    expect(response.statusCode).toBe(200);
    expect(response.json().data).toEqual({ ready: true, checks: { database: 'ok', wakeups: 'ok' } });
  });

  it('answers 503 and names what it waits for', async () => {
    const checks = { database: async () => {}, wakeups: () => Promise.reject(new Error('not yet')) };
    await using server = await startTestServer({ checks, health: QUIET_HEALTH });
    const response = await server.app.inject('/ready');
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.json().error).toEqual({ code: 'NOT_READY', details: { waitingFor: ['wakeups'] } });
  });
});
