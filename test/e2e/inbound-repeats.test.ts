import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { type BotEndpoint, startBotEndpoint } from '../support/bot-endpoint.ts';
import { expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const CITRA = '6281200000003';
const ID = '3AG7G7G7G7G7G7G7G7G7';

/** What became of one message that was delivered again and again. */
interface Traces {
  readonly stored: number;
  readonly events: number;
  readonly questions: number;
  readonly replies: number;
  readonly turns: number;
}

it('G7: a message delivered again, in the same bytes or encrypted anew, is one message, one event, one reply', async () => {
  expect(judge(await repeat({}))).toEqual([]);
});

it('G7, with the key that makes it hold taken away: the judge notices', async () => {
  const found = judge(await repeat({ withoutKey: 'received_message_identity_key' }));
  expect(found.map(({ what }) => what)).toEqual(['stored', 'events', 'turns', 'questions', 'replies']);
});

function judge(traces: Traces): { what: string; count: number }[] {
  return Object.entries(traces).flatMap(([what, count]) => (count === 1 ? [] : [{ what, count }]));
}

/** Citra writes to Ana's bot; the same message then comes three times each way, across a restart. */
async function repeat({ withoutKey }: { withoutKey?: string }): Promise<Traces> {
  const simulator = await startTestSimulator();
  onTestFinished(() => simulator.close());
  const endpoint = await startBotEndpoint();
  onTestFinished(() => endpoint.close());
  let server = await startServer({ simulator, environment: { EGRESS_ALLOW: '127.0.0.1' } });
  onTestFinished(() => server.stop());
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const order = { sender_number: ANA, endpoint_url: endpoint.url };
  expectOk(await server.api.post('/api/whatsapp/chatbots', order));
  const citra = simulator.phone(CITRA, 'Citra');
  await citra.sendText(ANA, 'once', { id: ID });
  await waitForMessage(citra, ({ text }) => text === 'echo: once');
  if (withoutKey !== undefined) await alter(server, `drop index "${withoutKey}"`);

  await again();
  await settled('before the restart');
  server = await server.restart();
  await server.waitForStatus('ana', 'connected');
  await again();
  await again();
  await settled('after the restart');
  return { ...(await tracesIn(server)), ...seenOutside(endpoint) };

  async function again(): Promise<void> {
    await citra.sendAgain(ID, 'identical');
    await citra.sendAgain(ID, 're-encrypted');
  }

  /** Messages of a chat are answered in their order: with the last one answered, all are. */
  async function settled(text: string): Promise<void> {
    // Without the key the chat looks like a loop and is left alone: somebody else asks, after the second reply.
    const asks = withoutKey === undefined ? citra : simulator.phone('6281200000004', 'Dewi');
    if (asks !== citra) await waitForMessage(citra, () => repliesTo(citra).length > 1);
    await asks.sendText(ANA, text);
    await waitForMessage(asks, (message) => message.text === `echo: ${text}`);
  }

  function seenOutside({ questions }: BotEndpoint) {
    return {
      questions: new Set(questions.all.filter(({ text }) => text === 'once').map(({ id }) => id)).size,
      replies: repliesTo(citra).length,
    };
  }
}

const repliesTo = (phone: Phone) => phone.messages().filter(({ text }) => text === 'echo: once');

async function tracesIn(server: TestServer): Promise<Pick<Traces, 'stored' | 'events' | 'turns'>> {
  const count = async (text: string): Promise<number> => {
    const database = await open(server);
    const [row] = await database.query<{ total: number }>({ text, params: [ID] });
    await database.close();
    return row?.total ?? 0;
  };
  const messages = '(select id from received_message where wa_message_id = ?)';
  return {
    stored: await count('select count(*) as total from received_message where wa_message_id = ?'),
    events: await count(`select count(*) as total from event_log where message_id in ${messages}`),
    turns: await count(`select count(*) as total from chatbot_turn where message_id in ${messages}`),
  };
}

async function alter(server: TestServer, text: string): Promise<void> {
  const database = await open(server);
  await database.run({ text, params: [] });
  await database.close();
}

const open = ({ dataDir }: TestServer) =>
  openDatabase({ url: `file:${dataDir}/wafleet.db`, log: silentLogger, clock: systemClock });
