import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000101';
const BUDI = '6281200000102';
const CICI = '6281200000103';

let simulator: TestSimulator;
let server: TestServer;

interface Sent {
  readonly messageId: string;
  readonly deviceId: string;
  readonly status: string;
  readonly tried: readonly { deviceId: string; reason: string }[];
}

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  simulator.phone(CICI, 'Cici');
  for (const [deviceId, number] of [
    ['first', ANA],
    ['second', BUDI],
  ] as const) {
    await server.createDevice(deviceId, { tags: ['system'] });
    await server.pairByQr(deviceId, simulator.phone(number));
  }
  await server.createDevice('empty', { tags: ['nothing'] });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const send = (body: object, key?: string) =>
  server.api.call<Sent>({
    method: 'POST',
    path: 'system-messages',
    body: { to: CICI, ...body },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const seenBy = (text: string) => waitForMessage(simulator.phone(CICI), (message) => message.text === text);

describe('a system message', () => {
  it('goes out by the first device of the pool that is connected, once for each key', async () => {
    const body = { message: 'your code is 1234', purpose: 'otp', pool: ['second', 'first'] };
    const { status, data } = await send(body, 'login-1');
    expect({ status, data }).toMatchObject({ status: 200, data: { deviceId: 'second', tried: [] } });
    expect((await seenBy('your code is 1234')).peer).toBe(BUDI);
    await server.api.delete('devices/second/disconnect?logout=false');
    const again = await send(body, 'login-1');
    expect(again.data).toMatchObject({ messageId: data.messageId, deviceId: 'second' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await send({ ...body, message: 'another' }, 'login-1')).code).toBe('IDEMPOTENCY_MISMATCH');
    const all = simulator
      .phone(CICI)
      .messages()
      .filter(({ text }) => text === 'your code is 1234');
    expect(all).toHaveLength(1);
  });

  it('passes by a device that was stopped on purpose, which stays stopped', async () => {
    const { data } = await send({ message: 'passed by', pool: ['second', 'first'] });
    expect(data).toMatchObject({ deviceId: 'first', status: 'server_ack' });
    expect((await seenBy('passed by')).peer).toBe(ANA);
    expect((await server.api.get('devices/second')).data).toMatchObject({ isConnected: false });
  });

  it('says why no device could, sends nothing, and goes with the same key once one can', async () => {
    const body = { message: 'at last', pool: ['second', 'empty'] };
    const refused = await send(body, 'late-1');
    expect(refused).toMatchObject({
      status: 503,
      code: 'POOL_EXHAUSTED',
      details: {
        tried: [
          { deviceId: 'second', reason: 'stopped' },
          { deviceId: 'empty', reason: 'no_session' },
        ],
      },
    });
    expect(refused.headers.get('retry-after')).not.toBeNull();
    await server.api.post('devices/second/connect');
    await server.waitForStatus('second', 'connected');
    expect((await send(body, 'late-1')).data).toMatchObject({ deviceId: 'second' });
    await seenBy('at last');
  });

  it('goes to the next device when WhatsApp refuses it, and a repeated request is told the same', async () => {
    const body = { message: 'second choice', pool: ['first', 'second'] };
    simulator.faults.add({ kind: 'nack', code: '400', times: 1, target: { phoneNumber: ANA } });
    const { status, data } = await send(body, 'refused-1');
    expect({ status, data }).toMatchObject({
      status: 200,
      data: { deviceId: 'second', tried: [{ deviceId: 'first', reason: 'send_refused' }] },
    });
    const again = await send(body, 'refused-1');
    expect(again.data).toEqual(data);
    await seenBy('second choice');
    const all = simulator
      .phone(CICI)
      .messages()
      .filter(({ text }) => text === 'second choice');
    expect(all).toHaveLength(1);

    for (const phoneNumber of [ANA, BUDI])
      simulator.faults.add({ kind: 'nack', code: '400', times: 1, target: { phoneNumber } });
    const refused = await send({ ...body, message: 'nobody takes it' }, 'refused-2');
    expect(refused).toMatchObject({ status: 422, code: 'SEND_REFUSED', details: { code: 400 } });
  });

  it('goes to nobody when the pool is empty for the caller, or the recipient is none', async () => {
    expect((await send({ message: 'x', pool: 'nobody has this tag' })).code).toBe('POOL_EMPTY');
    const limited = await server.keyFor({ scopes: ['message:send'], deviceIds: ['empty'] });
    expect((await limited.post('system-messages', { to: CICI, message: 'x' })).code).toBe('POOL_EMPTY');
    expect((await send({ message: 'x', to: 'nobody' })).code).toBe('RECIPIENT_INVALID');
    const reader = await server.keyFor({ scopes: ['message:read'] });
    expect((await reader.post('system-messages', { to: CICI, message: 'x' })).code).toBe('FORBIDDEN');
  });
});
