import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connectClient } from '../support/client.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface Sent {
  readonly messageId: string;
  readonly status: string;
}

let simulator: TestSimulator;
let running: ServerProcess;
let client: Client;

const start = async (dataDir?: string) => {
  running = startServerProcess({ simulator, ...(dataDir !== undefined && { dataDir }) });
  client = await connectClient({ url: await running.waitReady(), key: ADMIN_KEY });
};
const end = (signal: NodeJS.Signals) => {
  const ended = running.kill(signal);
  client.close();
  return ended;
};

beforeAll(async () => {
  simulator = await startTestSimulator();
  simulator.phone(BUDI, 'Budi');
  await start();
  await client.createDevice('ana');
  await client.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  // The first message meets the first sync: Ana's own phone may ask for it a second time.
  const first = await send('first of all');
  if (first) await reaches(first.messageId, 'delivered');
});
afterAll(async () => {
  client.close();
  await running[Symbol.asyncDispose]();
  await simulator.close();
});

/** The answer, or null when the process ended before it gave one. */
const send = async (message: string, query = ''): Promise<Sent | null> => {
  const path = `devices/ana/send-message${query}`;
  try {
    const { status, data } = await client.api.post<Sent>(path, { to: BUDI, message });
    return status < 300 ? data : null;
  } catch {
    return null;
  }
};
const reaches = (messageId: string, status: string) =>
  client.waitForEvent((each) => each.messageId === messageId && each.status === status);
const statusOf = async (messageId: string) =>
  (await client.api.get<Sent>(`devices/ana/messages/${messageId}`)).data.status;
const countSent = async () =>
  (await client.api.get<{ items: Sent[] }>('devices/ana/messages?direction=out&limit=200')).data.items.length;
/** How often WhatsApp was handed each message, by id. */
const submissions = () =>
  Map.groupBy(
    simulator.history.of('message').filter(({ category }) => category === null),
    ({ id }) => id,
  );
const isDelivered = (id: string) => async () =>
  (await statusOf(id)) === 'delivered' || reaches(id, 'delivered');

describe('G20: a server told to stop under load', () => {
  it('ends what is under way, in time; nothing goes twice, and nothing is stuck', async () => {
    simulator.faults.add({ kind: 'delay-ack', delayMs: 150, target: { phoneNumber: ANA } });
    const answers = Promise.all(Array.from({ length: 40 }, (_, index) => send(`load ${index}`)));
    while ((await countSent()) < 40);
    const beganAt = performance.now();
    expect(await end('SIGTERM')).toBe(0);
    expect(performance.now() - beganAt).toBeLessThan(10_000);
    const accepted = (await answers).filter((answer) => answer !== null);
    expect(accepted).toHaveLength(40);
    const queued = accepted.filter(({ status }) => status === 'queued');
    expect(queued.length).toBeGreaterThan(0);
    expect(accepted.filter(({ status }) => status === 'sending')).toEqual([]);
    const before = submissions();
    expect(accepted.filter(({ messageId }) => (before.get(messageId)?.length ?? 0) > 1)).toEqual([]);

    simulator.faults.clear();
    await start(running.dataDir);
    for (const { messageId } of accepted) await isDelivered(messageId)();
    const handedOver = submissions();
    expect(accepted.map(({ messageId }) => handedOver.get(messageId)?.length)).toEqual(accepted.map(() => 1));
    const texts = simulator
      .phone(BUDI)
      .messages()
      .filter(({ text }) => text?.startsWith('load'));
    expect(texts).toHaveLength(40);
  });
});

describe('G3: a message that was accepted with 202', () => {
  it('is sent although the server was killed at that moment', async () => {
    await client.api.delete('devices/ana/disconnect?logout=false');
    const answers: Promise<Sent | null>[] = [];
    for (let index = 0; index < 60; index += 1) answers.push(send(`durable ${index}`, '?queue=true'));
    await Promise.race(answers.slice(10, 20));
    await end('SIGKILL');
    const accepted = (await Promise.all(answers)).filter((answer) => answer !== null);
    expect(accepted.length).toBeGreaterThan(0);

    await start(running.dataDir);
    await client.api.post('devices/ana/connect');
    for (const { messageId } of accepted) await isDelivered(messageId)();
    const handedOver = submissions();
    for (const { messageId } of accepted) expect(handedOver.get(messageId)).toHaveLength(1);
  });

  it('is sent once when the server was killed while it was being sent, and under no second id', async () => {
    // First in, first out: what nobody was told of before the kill has gone when this has.
    expect(await send('in turn')).toMatchObject({ status: 'server_ack' });
    const before = new Set(submissions().keys());
    const target = { phoneNumber: ANA };
    simulator.faults.add({ kind: 'no-ack', times: 1, target });
    const submitted = simulator.history.waitFor(({ kind }) => kind === 'message', {
      after: simulator.history.sequence,
    });
    const answer = send('in flight');
    await submitted;
    await end('SIGKILL');
    expect(await answer).toBeNull();
    await start(running.dataDir);
    await client.waitForStatus('ana', 'connected');
    expect(await send('afterwards')).toMatchObject({ status: 'server_ack' });
    const fresh = [...submissions()].filter(([id]) => !before.has(id));
    expect(fresh).toHaveLength(2);
    const texts = simulator
      .phone(BUDI)
      .messages()
      .filter(({ text }) => text === 'in flight');
    expect(texts).toHaveLength(1);
  });
});
