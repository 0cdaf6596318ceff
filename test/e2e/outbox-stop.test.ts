import { afterEach, describe, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
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

afterEach(async () => {
  await server.stop();
  await simulator.close();
});

/** What a caller was told of a message that was under way when the server stopped, and how often WhatsApp got it in the end. */
async function stopInFlight(tuning = {}) {
  simulator = await startTestSimulator();
  server = await startServer({ simulator, tuning: { catchUpPatienceMs: 500, ...tuning } });
  // Nothing but the ack says that the message came.
  simulator.phone(BUDI, 'Budi').setDeliveryReceipts('off');
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const send = (message: string) =>
    server.api.post<Sent>('devices/ana/send-message', { to: BUDI, message }).then(expectOk);

  simulator.faults.add({ kind: 'delay-ack', delayMs: 400, target: { phoneNumber: ANA } });
  const submitted = simulator.history.waitFor((each) => each.kind === 'message' && each.category === null, {
    after: simulator.history.sequence,
  });
  const answer = send('under way');
  await submitted;
  server = await server.restart();
  simulator.faults.clear();
  await server.waitForStatus('ana', 'connected');
  // What is in doubt is settled before anything else goes.
  expect((await send('afterwards')).data.status).toBe('server_ack');
  const { messageId, status } = (await answer).data;
  return { status, submissions: simulator.history.of('message').filter(({ id }) => id === messageId).length };
}

describe('a server that is told to stop while a message is under way', () => {
  it('G20: hears its answer first: the caller knows, and it goes once', async () => {
    expect(await stopInFlight()).toEqual({ status: 'server_ack', submissions: 1 });
  });

  it('G20, control: without waiting for it leaves it in doubt, and it goes twice', async () => {
    expect(await stopInFlight({ answersPatienceMs: 0 })).toEqual({ status: 'sending', submissions: 2 });
  });
});
