import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface Sent {
  readonly messageId: string;
  readonly status: string;
}

let simulator: TestSimulator;
let server: TestServer;

const start = async (tuning = {}) => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator, tuning });
  simulator.phone(BUDI, 'Budi');
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
};
const stop = async () => {
  await server.stop();
  await simulator.close();
};
const send = async (message: string) =>
  (await server.api.post<Sent>('devices/ana/send-message', { to: BUDI, message })).data;
const reaches = (messageId: string, status: string) =>
  server.waitForEvent((each) => each.messageId === messageId && each.status === status);
const submissions = (id: string) => simulator.history.of('message').filter((message) => message.id === id);
const copiesAt = (phone: Phone, text: string) => phone.messages().filter((message) => message.text === text);

/** WhatsApp delivers the message, cuts the line instead of acknowledging, and tells of the delivery late. */
async function sendIntoTheDark(text: string): Promise<Sent> {
  const target = { phoneNumber: ANA };
  simulator.faults.add({ kind: 'cut-before-ack', times: 1, target });
  simulator.faults.add({ kind: 'delay-offline', delayMs: 700, times: 1, target });
  const sent = await send(text);
  expect(sent.status).toBe('sending');
  return sent;
}

describe('G2: a message in doubt', () => {
  beforeAll(() => start());
  afterAll(stop);

  it('is proven by the receipt that waited for us, and not sent a second time', async () => {
    const { messageId } = await sendIntoTheDark('proven');
    const next = server.api.post<Sent>('devices/ana/send-message?queue=true', { to: BUDI, message: 'next' });
    await reaches(messageId, 'delivered');
    await reaches((await next).data.messageId, 'delivered');
    expect(submissions(messageId)).toHaveLength(1);
    expect(copiesAt(simulator.phone(BUDI), 'proven')).toHaveLength(1);
    const { data } = await server.api.get(`devices/ana/messages/${messageId}`);
    expect(data).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('lets nothing go before it is settled', async () => {
    const { messageId } = await sendIntoTheDark('first');
    const { data } = await server.api.post<Sent>('devices/ana/send-message?queue=true', {
      to: BUDI,
      message: 'second',
    });
    await reaches(data.messageId, 'delivered');
    const texts = simulator
      .phone(BUDI)
      .messages()
      .map(({ text }) => text)
      .filter((text) => text === 'first' || text === 'second');
    expect(texts).toEqual(['first', 'second']);
    expect(submissions(messageId)).toHaveLength(1);
  });

  it('is sent again under its id when WhatsApp never had it', async () => {
    simulator.faults.add({ kind: 'drop-tcp', at: 'message', times: 1, target: { phoneNumber: ANA } });
    const { messageId, status } = await send('dropped');
    expect(status).toBe('sending');
    await reaches(messageId, 'delivered');
    expect(copiesAt(simulator.phone(BUDI), 'dropped')).toMatchObject([{ id: messageId }]);
    const { data } = await server.api.get(`devices/ana/messages/${messageId}`);
    expect(data).toMatchObject({ attempts: 2 });
  });
});

describe('G2, control: without waiting for receipts', () => {
  beforeAll(() => start({ catchUpPatienceMs: 0 }));
  afterAll(stop);

  it('the same message is handed to WhatsApp twice', async () => {
    const { messageId } = await sendIntoTheDark('twice');
    await reaches(messageId, 'delivered');
    expect(submissions(messageId)).toHaveLength(2);
  });
});
