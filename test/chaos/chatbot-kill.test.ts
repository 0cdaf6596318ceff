import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { startBotEndpoint } from '../support/bot-endpoint.ts';
import { runServer } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const PEOPLE = 5;

it('kill -9 while a chatbot thinks: each is asked again under the same id, and gets one reply', async () => {
  const simulator = await startTestSimulator();
  onTestFinished(() => simulator.close());
  const endpoint = await startBotEndpoint();
  onTestFinished(() => endpoint.close());
  const start = () =>
    runServer({ dataDir, simulator, environment: { EGRESS_ALLOW: '127.0.0.1', CHATBOT_TIMEOUT_MS: '3000' } });
  const dataDir = temporaryFolder();
  const first = await start();
  await first.createDevice('ana');
  await first.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const order = { sender_number: ANA, endpoint_url: endpoint.url };
  expectOk(await first.api.post('/api/whatsapp/chatbots', order));
  const people = Array.from({ length: PEOPLE }, (_, index) => simulator.phone(`628120000001${index}`));
  const { promise: never } = Promise.withResolvers<{ status: number; body: string }>();
  endpoint.answer(() => never);
  await Promise.all(people.map((person) => person.sendText(ANA, 'anybody there?')));
  await endpoint.questions.waitFor(() => endpoint.questions.all.length === PEOPLE);
  await first.kill();

  endpoint.answer(async ({ text }) => ({ status: 200, body: JSON.stringify({ reply: `echo: ${text}` }) }));
  const second = await start();
  await Promise.all(
    people.map((person) => waitForMessage(person, ({ text }) => text === 'echo: anybody there?')),
  );
  await Promise.all(people.map((person) => person.sendText(ANA, 'thank you')));
  await Promise.all(people.map((person) => waitForMessage(person, ({ text }) => text === 'echo: thank you')));

  for (const person of people) {
    const heard = person.messages().filter(({ direction }) => direction === 'received');
    expect(heard.map(({ text }) => text)).toEqual(['echo: anybody there?', 'echo: thank you']);
  }
  const asked = endpoint.questions.all.filter(({ text }) => text === 'anybody there?').map(({ id }) => id);
  expect(asked.length).toBeGreaterThanOrEqual(2 * PEOPLE);
  expect(new Set(asked).size).toBe(PEOPLE);
  await second.kill();
});
