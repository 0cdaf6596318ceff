import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000111';
const BUDI = '6281200000112';
const CICI = '6281200000113';
const DEWI = '6281200000114';

let simulator: TestSimulator;
let server: TestServer;

interface Sent {
  readonly otpId: string;
  readonly messageId: string;
  readonly deviceId: string;
  readonly status: string;
  readonly expiresAt: string;
}

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({
    simulator,
    environment: { OTP_RESEND_SECONDS: '60', OTP_PER_RECIPIENT: '2', OTP_MAX_ATTEMPTS: '3' },
  });
  for (const number of [CICI, DEWI]) simulator.phone(number, 'somebody');
  for (const [deviceId, number] of [
    ['first', ANA],
    ['second', BUDI],
  ] as const) {
    await server.createDevice(deviceId, { tags: ['system'] });
    await server.pairByQr(deviceId, simulator.phone(number));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const ask = (body: object, key?: string) =>
  server.api.call<Sent>({
    method: 'POST',
    path: 'otp',
    body: { to: CICI, template: '{purpose}: {code}, {minutes} minutes', ...body },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const verify = (purpose: string, code: string, to = CICI) =>
  server.api.post<{ verified: boolean }>('otp/verify', { to, purpose, code });
const text = async (purpose: string, to = CICI) =>
  (await waitForMessage(simulator.phone(to), (message) => message.text?.startsWith(`${purpose}: `) ?? false))
    .text ?? '';
const codeOf = async (purpose: string, to = CICI) => /\d{4,}/.exec(await text(purpose, to))?.[0] ?? '';
const wrong = (code: string) => code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));

describe('a one-time code', () => {
  it('is right once, also when two ask at once, and is shown to nobody but its recipient', async () => {
    const { status, data } = await ask({ purpose: 'login', ttlSeconds: 120, length: 8 });
    expect(status).toBe(200);
    const code = await codeOf('login');
    expect(await text('login')).toBe(`login: ${code}, 2 minutes`);
    expect(code).toHaveLength(8);
    await server.waitForEvent((event) => event.messageId === data.messageId && event.status === 'delivered');

    const shown = await server.api.get(`devices/first/messages/${data.messageId}`);
    const listed = await server.api.get('devices/first/messages?direction=out');
    const history = await server.api.get(`devices/first/chat-history/${CICI}`);
    for (const { text: answer } of [shown, listed, history]) expect(answer).not.toContain(code);
    expect(JSON.stringify(server.events)).not.toContain(code);
    const forward = await server.api.post('devices/first/messages', {
      to: DEWI,
      type: 'forward',
      messageId: data.messageId,
    });
    expect(forward).toMatchObject({ code: 'MESSAGE_KIND_UNSUPPORTED' });

    const answers = await Promise.all([verify('login', code), verify('login', code), verify('login', code)]);
    expect(answers.map(({ status: each }) => each).toSorted()).toEqual([200, 410, 410]);
    expect(await verify('login', code)).toMatchObject({ status: 410, code: 'OTP_EXPIRED' });
  });

  it('is erased from the row of its message once its recipient has it', async () => {
    const database = new BetterSqlite3(`${server.dataDir}/wafleet.db`, { readonly: true });
    const words = () => database.prepare("select text from outbound_message where source = 'otp'").all();
    await expect.poll(words, { timeout: 10_000 }).toEqual([{ text: null }]);
    database.close();
  });

  it('is limited: the next one too soon, and too many for one recipient, but not a repeated request', async () => {
    const { data } = await ask({ purpose: 'pay' }, 'pay-1');
    const again = await ask({ purpose: 'pay' }, 'pay-1');
    expect(again.data).toMatchObject({ otpId: data.otpId, messageId: data.messageId });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const soon = await ask({ purpose: 'pay' });
    expect(soon).toMatchObject({ status: 429, code: 'OTP_LIMITED', details: { limit: 'resend' } });
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(await ask({ purpose: 'other' })).toMatchObject({
      code: 'OTP_LIMITED',
      details: { limit: 'recipient' },
    });
    const code = await codeOf('pay');
    expect(await verify('login', code)).toMatchObject({ status: 410 });
    expect(await verify('pay', wrong(code))).toMatchObject({
      code: 'OTP_WRONG',
      details: { attemptsLeft: 2 },
    });
    expect(await verify('pay', code)).toMatchObject({ status: 200, data: { verified: true } });
  });

  it('goes out once when two ask for it at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask({ to: DEWI, purpose: 'race' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 429, 429]);
    const code = await codeOf('race', DEWI);
    for (const attemptsLeft of [2, 1, 0]) {
      expect(await verify('race', wrong(code), DEWI)).toMatchObject({ details: { attemptsLeft } });
    }
    expect(await verify('race', code, DEWI)).toMatchObject({ status: 429, code: 'OTP_ATTEMPTS_EXHAUSTED' });
  });

  it('goes over the next device when WhatsApp refuses it, and what was refused counts for nothing', async () => {
    const refuse = (phoneNumber: string) =>
      simulator.faults.add({ kind: 'nack', code: '400', times: 1, target: { phoneNumber } });
    for (const number of [ANA, BUDI]) refuse(number);
    const order = { to: DEWI, purpose: 'again' };
    expect(await ask(order)).toMatchObject({ code: 'SEND_REFUSED' });
    refuse(ANA);
    expect(await ask({ ...order, pool: ['first', 'second'] })).toMatchObject({
      data: { deviceId: 'second' },
    });
    expect(await verify('again', await codeOf('again', DEWI), DEWI)).toMatchObject({ status: 200 });
  });

  it('is asked for with a fitting body and a key that may send', async () => {
    expect(await ask({ purpose: 'x', template: 'no code here' })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await ask({ purpose: 'x', length: 3 })).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await ask({ purpose: 'x', to: '120363000000000001@g.us' })).toMatchObject({
      code: 'RECIPIENT_INVALID',
    });
    const reader = await server.keyFor({ scopes: ['message:read'] });
    expect(await reader.post('otp', { to: CICI, purpose: 'x' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await verify('never asked for', '123456')).toMatchObject({ code: 'OTP_EXPIRED' });
  });
});
