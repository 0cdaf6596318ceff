import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const BUDIS_DEVICE = { phoneNumber: BUDI, device: 1 };

let simulator: TestSimulator;
let server: TestServer;
let companion: Companion;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  companion = createCompanion({ url: simulator.url });
  companion.connect();
  await simulator.phone(BUDI, 'Budi').scanQr(await companion.nextQr());
  await companion.opened();
  await companion.synced();
});
afterAll(async () => {
  await companion.stop();
  await server.stop();
  await simulator.close();
});

const textOf = (message: Companion['messages']['all'][number]) =>
  message.message?.conversation ?? message.message?.extendedTextMessage?.text;
const send = async (message: string) =>
  (await server.api.post<{ messageId: string }>('devices/ana/send-message', { to: BUDI, message })).data;
/** Resolves when a recipient asks for the message again. */
const askedAgain = (messageId: string) =>
  simulator.history.waitFor(
    (each) => each.kind === 'receipt' && each.type === 'retry' && each.ids.includes(messageId),
  );

describe('G23: a recipient that could not decrypt a message', () => {
  it('gets it again with the same id and content after the server was restarted', async () => {
    await send('so that both know each other');
    await companion.messages.waitFor((message) => textOf(message) === 'so that both know each other');
    simulator.endConnection(BUDIS_DEVICE, { kind: 'cut' });
    await companion.closes.waitFor((code) => code === 428);
    const { messageId } = await send('sent before the restart');
    server = await server.restart();
    await server.waitForStatus('ana', 'connected');

    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target: BUDIS_DEVICE });
    const asked = askedAgain(messageId);
    companion.connect();
    await asked;
    const again = await companion.messages.waitFor(
      (message) => textOf(message) === 'sent before the restart',
    );
    expect(again.key.id).toBe(messageId);
    const { data } = await server.api.get(`devices/ana/messages/${messageId}`);
    expect(data).toMatchObject({ attempts: 1 });
  });

  it('gets it again after a reconnect of the same process as well', async () => {
    await companion.opened(2);
    const closes = companion.closes.all.length;
    simulator.endConnection(BUDIS_DEVICE, { kind: 'cut' });
    await companion.closes.waitFor((code) => code === 428, closes);
    const { messageId } = await send('sent before the reconnect');
    simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'cut' });
    await server.waitForEvent((each) => each.status === 'reconnecting');
    await server.waitForStatus('ana', 'connected');
    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target: BUDIS_DEVICE });
    companion.connect();
    const again = await companion.messages.waitFor(
      (message) => textOf(message) === 'sent before the reconnect',
    );
    expect(again.key.id).toBe(messageId);
  });
});
