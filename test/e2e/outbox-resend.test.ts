import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node } from '../../src/simulator/server/stanza.ts';
import { expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
/** RELIABILITY.md G23, for one message and one recipient. */
const MOST_RESENDS = 5;

let simulator: TestSimulator;
let server: TestServer;

beforeEach(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  simulator.phone(BUDI, 'Budi');
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
});
afterEach(async () => {
  await server.stop();
  await simulator.close();
});

async function send(message: string): Promise<string> {
  const { data } = expectOk(
    await server.api.post<{ messageId: string }>('devices/ana/send-message', { to: BUDI, message }),
  );
  return data.messageId;
}
async function restart(): Promise<void> {
  server = await server.restart();
  await server.waitForStatus('ana', 'connected');
}
const submissionsOf = (messageId: string) =>
  simulator.history.of('message').filter(({ id }) => id === messageId).length;

/** Budi's phone says that it could not decrypt the message. */
async function askFor(messageId: string): Promise<void> {
  const { from } = await waitForMessage(simulator.phone(BUDI), ({ id }) => id === messageId);
  const t = String(Math.floor(Date.now() / 1_000));
  const retry = node('retry', { count: '1', id: messageId, t, v: '1' });
  await simulator.core.submit(BUDI, node('receipt', { id: messageId, to: from, type: 'retry', t }, [retry]));
}

/** Receipts are answered one after the other: when a message nobody asked for yet comes again, all before it are. */
async function askManyTimes(messageId: string): Promise<void> {
  for (let times = 0; times < MOST_RESENDS; times += 1) await askFor(messageId);
  const marker = await send('never asked for before');
  await askFor(marker);
  await simulator.history.waitFor(
    (each) => each.kind === 'message' && each.id === marker && each.submission === 2,
  );
}

/** What a person at the database can take away from the row of a message. */
function change(sql: 'delete from outbound_message' | 'update outbound_message set resends = null'): void {
  const database = new BetterSqlite3(`${server.dataDir}/wafleet.db`);
  database.prepare(sql).run();
  database.close();
}

describe('G23: a recipient that asks for a message again', () => {
  it('gets it after a restart, and never more than five times, however often the server is restarted', async () => {
    const messageId = await send('asked for again and again');
    await restart();
    await askManyTimes(messageId);
    const first = submissionsOf(messageId);
    expect(first).toBeGreaterThan(1);
    for (let restarts = 0; restarts < 2; restarts += 1) {
      await restart();
      await askManyTimes(messageId);
    }
    expect(submissionsOf(messageId)).toBe(first);
    expect(first - 1).toBeLessThanOrEqual(MOST_RESENDS);
  });
});

describe('G23, control', () => {
  it('with counters that do not outlive the process it gets it more than five times', async () => {
    const messageId = await send('asked for again and again');
    for (let restarts = 0; restarts < 3; restarts += 1) {
      await restart();
      change('update outbound_message set resends = null');
      await askManyTimes(messageId);
    }
    expect(submissionsOf(messageId) - 1).toBeGreaterThan(MOST_RESENDS);
  });

  it('without the row it never gets it again', async () => {
    const messageId = await send('of which nothing is left');
    change('delete from outbound_message');
    await restart();
    await askManyTimes(messageId);
    expect(submissionsOf(messageId)).toBe(1);
  });
});
