import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { type BotEndpoint, startBotEndpoint } from '../support/bot-endpoint.ts';
import { expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface BotAnswer {
  readonly id: number;
  readonly secret: string;
}
interface Turns {
  readonly items: readonly {
    readonly status: string;
    readonly reason: string | null;
    readonly event_id: string;
  }[];
}

let simulator: TestSimulator;
let server: TestServer;
let endpoint: BotEndpoint;
let bot: BotAnswer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator, environment: { EGRESS_ALLOW: '127.0.0.1' } });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const makeBot = async (number: string): Promise<BotAnswer> => {
  const order = { sender_number: number, endpoint_url: endpoint.url };
  return expectOk(await server.api.post<BotAnswer>('/api/whatsapp/chatbots', order)).data;
};
const removeBot = (id: number) => server.api.delete(`/api/whatsapp/chatbots/${id}`);
const turns = async (id = bot.id) =>
  (await server.api.get<Turns>(`/api/whatsapp/chatbots/${id}/turns`)).data.items;
const heardBy = (phone: Phone) =>
  phone.messages().filter(({ direction, text }) => direction === 'received' && text?.startsWith('echo:'));

beforeEach(async () => {
  endpoint = await startBotEndpoint();
  bot = await makeBot(ANA);
});
afterEach(async () => {
  await removeBot(bot.id);
  await endpoint.close();
});

describe('a chatbot', () => {
  it('is asked, signed, about what somebody wrote, and its answer reaches them', async () => {
    const citra = simulator.phone('6281200000003', 'Citra');
    await citra.sendText(ANA, 'Open today?');
    const reply = await waitForMessage(citra, ({ text }) => text === 'echo: Open today?');

    const [question] = endpoint.questions.all;
    expect(question?.isSignedWith(bot.secret)).toBe(true);
    expect(JSON.parse(question?.body ?? '')).toMatchObject({
      id: question?.id,
      type: 'message',
      deviceId: 'ana',
      data: { message: { text: 'Open today?', fromMe: false, type: 'text' } },
    });
    expect(reply).toMatchObject({ direction: 'received', peer: ANA });
    expect(await turns()).toMatchObject([{ status: 'answered', event_id: question?.id, reason: null }]);
  });

  it('that hangs holds up nobody else’s', async () => {
    const other = await makeBot(BUDI);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    endpoint.answer(async ({ deviceId }) => {
      if (deviceId === 'ana') await released;
      return { status: 200, body: '{"reply":"echo: quick"}' };
    });
    const people = Array.from({ length: 12 }, (_, index) => simulator.phone(`62812000001${10 + index}`));
    await Promise.all(people.map((person) => person.sendText(ANA, 'hello')));
    await endpoint.questions.waitFor(() => endpoint.questions.all.length >= 8);
    const citra = simulator.phone('6281200000003');
    await citra.sendText(BUDI, 'anybody there?');
    await waitForMessage(citra, ({ text }) => text === 'echo: quick');

    expect(endpoint.questions.all.filter(({ deviceId }) => deviceId === 'ana')).toHaveLength(8);
    release();
    await Promise.all(people.map((person) => waitForMessage(person, ({ text }) => text === 'echo: quick')));
    await removeBot(other.id);
  });

  it('facing somebody else’s that always answers stops after three answers', async () => {
    const dewi = simulator.phone('6281200000004', 'Dewi');
    dewi.setAutoReply({ match: null, text: 'I am a bot' });
    await dewi.sendText(ANA, 'I am a bot');
    const turn = () => turns().then((all) => all.find(({ reason }) => reason === 'loop'));
    await waitForMessage(dewi, ({ direction }) => direction === 'sent' && sentBy(dewi).length === 4);
    while (!(await turn())) await server.api.get('devices');

    expect(heardBy(dewi)).toHaveLength(3);
    expect(await turns()).toMatchObject([
      { status: 'skipped', reason: 'loop' },
      { status: 'answered' },
      { status: 'answered' },
      { status: 'answered' },
    ]);
  });

  it('facing another of ours says nothing', async () => {
    const other = await makeBot(BUDI);
    expectOk(await server.api.post('devices/budi/send-message', { to: ANA, message: 'Hello, bot' }));
    while ((await turns()).length === 0) await server.api.get('devices');

    expect(await turns()).toMatchObject([{ status: 'skipped', reason: 'own-bot' }]);
    expect(endpoint.questions.all).toEqual([]);
    await removeBot(other.id);
  });
});

const sentBy = (phone: Phone) => phone.messages().filter(({ direction }) => direction === 'sent');
