import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { temporaryFolder } from './auth.ts';
import { chaosRandom, type Running, runServer } from './chaos-server.ts';
import { expectOk } from './client.ts';
import { countStored, isConfirmation, judge, type Verdict } from './inbound-chaos-judge.ts';
import { OWNER, startTraffic } from './inbound-chaos-traffic.ts';
import { startTestSimulator, type TestSimulator } from './simulator.ts';

const ENTRY = join(import.meta.dirname, 'inbound-chaos-entry.ts');
const CORRUPTED = 0.03;
const DELIVERED_TWICE = 0.03;

interface Plan {
  /** Null: SQLite, in the data folder. */
  readonly databaseUrl: string | null;
  readonly messages: number;
  readonly kills: number;
  readonly journal: 'on' | 'off';
  /** How long what is missing at the end may take to come. */
  readonly patienceMs: number;
}

/** Kills the server with SIGKILL, again and again, while messages come in; what became of them at the end. */
export async function killWhileReceiving(plan: Plan): Promise<Verdict> {
  const { databaseUrl, journal, messages, kills } = plan;
  const random = chaosRandom();
  const simulator = await startTestSimulator();
  const dataDir = temporaryFolder();
  const environment = {
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    ...(journal === 'off' && { WITHOUT: 'journal' }),
  };
  const start = () => runServer({ dataDir, simulator, environment, entry: ENTRY });
  let server = await start();
  await server.createDevice('owner');
  const order = { whatsapp_number: OWNER, session_id: 'owner' };
  expectOk(await server.api.post('/api/whatsapp/allowed-numbers', order));
  await server.pairByQr('owner', simulator.phone(OWNER, 'Owner'));
  const url = databaseUrl ?? `file:${join(dataDir, 'wafleet.db')}`;
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  onTestFinished(() => database.close());
  misbehave(simulator);
  const traffic = await startTraffic(simulator, random);

  const share = Math.ceil(messages / kills);
  for (let round = 0; round < kills; round += 1) {
    const enough = confirmed(simulator, 1 + Math.floor(random.next() * share * 0.8));
    const sending = traffic.round(share);
    await enough;
    await server.kill();
    await sending;
    server = await start();
  }
  await allStored(server, { count: () => countStored(database), wanted: traffic.written.length, ...plan });
  const verdict = await judge({ simulator, database }, traffic.written);
  await server.kill();
  await simulator.close();
  return verdict;
}

function misbehave({ faults }: TestSimulator): void {
  const target = { phoneNumber: OWNER };
  faults.add({ kind: 'corrupt-ciphertext', probability: CORRUPTED, target });
  faults.add({ kind: 'duplicate-delivery', probability: DELIVERED_TWICE, target });
}

/** Resolves at so many more receipts of the owner's device. */
async function confirmed({ history }: TestSimulator, count: number): Promise<void> {
  let left = count;
  await history.waitFor(
    (record) => {
      if (isConfirmation(record)) left -= 1;
      return left <= 0;
    },
    { after: history.sequence },
  );
}

/** Until as many are stored as were written, or patience is over. */
async function allStored(
  server: Running,
  { count, wanted, patienceMs }: { count(): Promise<number>; wanted: number; patienceMs: number },
): Promise<void> {
  const over = AbortSignal.timeout(patienceMs);
  const ended = once(over, 'abort');
  for (;;) {
    const from = server.events.length;
    if (over.aborted || (await count()) >= wanted) return;
    await Promise.race([server.waitForEvent(({ type }) => type === 'message', from), ended]);
  }
}
