import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { temporaryFolder } from '../support/auth.ts';
import { chaosRandom, type Running, runServer, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const CITRA = '6281200000003';
const KILLS = 4;
const TEXTS = 25;
const MORE = 50;

/** Sends that are cut off by the kill are the business of other tests. */
const sendAll = (server: Running, round: number) =>
  Array.from({ length: TEXTS }, (_, number) =>
    server.api
      .post('devices/ana/send-message?queue=true', { to: CITRA, message: `sent ${round}/${number}` })
      .catch(() => null),
  );

it(`history has what the outbox sent and what came in, each once, through ${KILLS} kills`, async () => {
  const random = chaosRandom();
  const simulator = await startTestSimulator();
  const dataDir = temporaryFolder();
  const citra = simulator.phone(CITRA, 'Citra');
  const first = await runServer({ dataDir, simulator });
  await first.createDevice('ana');
  expectOk(
    await first.api.post('/api/whatsapp/allowed-numbers', { whatsapp_number: ANA, session_id: 'ana' }),
  );
  await first.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  await first.kill();

  const came: string[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const server = await runServer({ dataDir, simulator });
    await server.waitForStatus('ana', 'connected');
    const sends = sendAll(server, round);
    const incoming = Array.from({ length: TEXTS }, (_, number) => `came ${round}/${number}`);
    came.push(...incoming);
    const arrivals = (async () => {
      for (const text of incoming) await citra.sendText(ANA, text);
    })();
    let left = 1 + Math.floor(random.next() * TEXTS);
    await server.waitForEvent(({ type, status }) => {
      if (type === 'message' || (type === 'message_status' && status === 'server_ack')) left -= 1;
      return left <= 0;
    });
    await server.kill();
    await Promise.all([...sends, arrivals]);
  }

  const last = await runServer({ dataDir, simulator });
  await last.waitForStatus('ana', 'connected');
  await waitForTexts(last, 'ana', came);
  const url = `file:${join(dataDir, 'wafleet.db')}`;
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  const texts = async (text: string) => database.query<object>({ text, params: [] });
  const outbound = () =>
    texts(`select wa_message_id, text, status from outbound_message
      where status in ('server_ack', 'delivered', 'read', 'played') order by wa_message_id`);
  const sent = () =>
    texts(
      "select wa_message_id, text, status from history_message where direction = 'out' order by wa_message_id",
    );
  // What the process that was killed had gathered is found behind what this one does; another message is time enough.
  for (let more = 0; more < MORE && !isDeepStrictEqual(await sent(), await outbound()); more += 1) {
    const { messageId } = expectOk(
      await last.api.post<{ messageId: string }>('devices/ana/send-message', { to: CITRA, message: 'more' }),
    ).data;
    await last.waitForEvent((event) => event.messageId === messageId && event.status === 'delivered');
  }
  await last.kill('SIGTERM');
  await simulator.close();
  expect(await sent()).toEqual(await outbound());
  const received = await texts('select wa_message_id, text from received_message order by wa_message_id');
  expect(
    await texts(
      "select wa_message_id, text from history_message where direction = 'in' order by wa_message_id",
    ),
  ).toEqual(received);
  expect(await texts("select id from event_log where type = 'message'")).toHaveLength(received.length);
  expect(received).toHaveLength(KILLS * TEXTS);
  await database.close();
});
