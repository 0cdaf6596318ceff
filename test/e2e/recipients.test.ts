import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/api.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '628123456789';
const SAM = '15551234567';

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const send = (to: unknown, message: unknown): Promise<Answer<{ to: string }>> =>
  server.api.post('devices/ana/send-message', { to, message });

describe('whom a message goes to', () => {
  it.each([
    ['08123456789', BUDI],
    ['8123456789', BUDI],
    ['628123456789', BUDI],
    ['+628123456789', BUDI],
    ['+62 812-3456-789', BUDI],
    ['(0812) 3456.789', BUDI],
    ['00628123456789', BUDI],
    ['628123456789@s.whatsapp.net', BUDI],
    ['628123456789@c.us', BUDI],
    ['628123456789:3@s.whatsapp.net', BUDI],
    ['+15551234567', SAM],
    ['+1 (555) 123-4567', SAM],
  ])('%s reaches %s', async (to, number) => {
    const phone = simulator.phone(number);
    const text = `to ${to}`;
    const answer = await send(to, text);
    expect(answer).toMatchObject({ status: 200, data: { to: `${number}@s.whatsapp.net` } });
    await waitForMessage(phone, (message) => message.text === text);
  });

  it('a LID reaches its owner and is never shown as a number', async () => {
    const phone = simulator.phone(BUDI);
    const lid = `${simulator.core.findAccount(BUDI)?.lid}`;
    const address = lid.includes('@') ? lid : `${lid}@lid`;
    const answer = await send(address, 'to your hidden id');
    expect(answer).toMatchObject({ status: 200, data: { to: address } });
    await waitForMessage(phone, ({ text }) => text === 'to your hidden id');

    const from = server.events.length;
    await phone.sendText(ANA, 'answered under the hidden id', { addressing: 'lid' });
    await server.waitForEvent(({ type }) => type === 'message', from);
    const { data } = await server.api.get<{ items: unknown[] }>('devices/ana/messages?direction=in&limit=1');
    expect(data.items).toMatchObject([{ chat: `${BUDI}@s.whatsapp.net`, chatAlt: address }]);
  });

  it.each([
    ['hello', 422, 'RECIPIENT_INVALID'],
    ['someone@example.com', 422, 'RECIPIENT_INVALID'],
    ['12x45', 422, 'RECIPIENT_INVALID'],
    ['@s.whatsapp.net', 422, 'RECIPIENT_INVALID'],
    ['status@broadcast', 422, 'RECIPIENT_INVALID'],
    ['12345678901234567890@s.whatsapp.net', 422, 'RECIPIENT_INVALID'],
    ['123', 422, 'RECIPIENT_INVALID'],
    ['+999999999999999', 422, 'RECIPIENT_INVALID'],
    ['', 400, 'VALIDATION_FAILED'],
    ['9'.repeat(100), 400, 'VALIDATION_FAILED'],
    [null, 400, 'VALIDATION_FAILED'],
    [628123456789, 400, 'VALIDATION_FAILED'],
  ])('%j is nobody: %i %s, and nothing leaves', async (to, status, code) => {
    const sequence = simulator.history.sequence;
    const before = await server.api.get('devices/ana/messages?limit=1');
    expect(await send(to, 'hello')).toMatchObject({ status, code });
    expect((await server.api.get('devices/ana/messages?limit=1')).data).toEqual(before.data);
    const left = simulator.history.records((each) => each.sequence > sequence && each.kind === 'message');
    expect(left).toEqual([]);
  });

  it('a text has 1 to 4096 characters', async () => {
    const phone = simulator.phone(BUDI);
    for (const message of ['', 'x'.repeat(4097), null, 7]) {
      expect(await send(BUDI, message)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    }
    const longest = 'é'.repeat(4096);
    expect((await send(BUDI, longest)).status).toBe(200);
    await waitForMessage(phone, ({ text }) => text === longest);
  });
});
