import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const NOBODY = '6281299999999';

interface Checked {
  readonly number: string | null;
  readonly registered: boolean;
  readonly jid: string | null;
  readonly error: { readonly code: string } | null;
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  simulator.phone(BUDI, 'Budi');
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const check = (number: string) =>
  server.api.get<Checked>(`devices/ana/check-number?number=${encodeURIComponent(number)}`);

describe('numbers', () => {
  it('are on WhatsApp or not, in whatever form they are asked', async () => {
    const jid = `${BUDI}@s.whatsapp.net`;
    expect((await check('0812-0000-0002')).data).toMatchObject({ number: BUDI, registered: true, jid });
    expect((await check(NOBODY)).data).toMatchObject({ number: NOBODY, registered: false, jid: null });
    expect(await check('no number')).toMatchObject({ status: 400, code: 'PHONE_NUMBER_INVALID' });
  });

  it('are asked in one go, each with a result of its own', async () => {
    const numbers = [BUDI, 'nonsense', NOBODY, '+62 812 0000 0002'];
    const { data } = await server.api.post<{ results: Checked[] }>('devices/ana/check-numbers', { numbers });
    expect(data.results.map(({ registered, error }) => [registered, error?.code ?? null])).toEqual([
      [true, null],
      [false, 'PHONE_NUMBER_INVALID'],
      [false, null],
      [true, null],
    ]);
  });

  it('that are too many are refused, and those that are known still answered', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `62813000${String(index).padStart(5, '0')}`);
    const refused = await server.api.post('devices/ana/check-numbers', { numbers });
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await check(BUDI)).data).toMatchObject({ registered: true });
  });
});

describe('somebody the device writes with', () => {
  it('sees that it read a message', async () => {
    const { id } = await simulator.phone(BUDI).sendText(ANA, 'did you see this?');
    await server.waitForEvent((event) => event.type === 'message' && JSON.stringify(event).includes(id));
    expect((await server.api.post('devices/ana/read', { messageIds: [id] })).data).toEqual({
      markedCount: 1,
    });
    await waitForMessage(simulator.phone(BUDI), (message) => message.id === id && message.status === 'read');
    expect((await server.api.post('devices/ana/read', { chat: BUDI })).data).toEqual({ markedCount: 1 });
    expect(await server.api.post('devices/ana/read', { messageIds: ['UNKNOWN'] })).toMatchObject({
      status: 404,
      code: 'MESSAGE_NOT_FOUND',
    });
  });

  it('sees that it writes', async () => {
    for (const state of ['composing', 'recording', 'paused'])
      expect((await server.api.post('devices/ana/typing', { to: BUDI, state })).status).toBe(200);
    expect((await server.api.post('devices/ana/typing', { to: BUDI, state: 'singing' })).status).toBe(400);
  });

  it('shows a profile, or nothing', async () => {
    const { status, data } = await server.api.get(`devices/ana/contacts/${BUDI}`);
    expect(status).toBe(200);
    expect(data).toMatchObject({ jid: `${BUDI}@s.whatsapp.net`, pictureUrl: null });
  });
});

it('a device that is not connected cannot be asked', async () => {
  await server.createDevice('budi');
  expect(await server.api.get(`devices/budi/check-number?number=628777777777`)).toMatchObject({
    status: 409,
    code: 'DEVICE_NOT_CONNECTED',
  });
  expect((await server.api.get(`devices/nobody/check-number?number=${BUDI}`)).status).toBe(404);
});
