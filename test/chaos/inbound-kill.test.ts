import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RecordOf } from '../../src/simulator/server/history.ts';
import { temporaryFolder } from '../support/auth.ts';
import {
  chaosRandom,
  type Running,
  receivedTexts,
  runServer,
  waitForTexts,
} from '../support/chaos-server.ts';
import { hasMariaDb, startMariaDb } from '../support/mariadb.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const OWNER = '6281200000001';
const BUDI = '6281200000002';
const FIRST_STRANGER = 6_281_300_000_001;
const KILLS = 10;
/** CHAOS_MESSAGES=5000 is the whole of it. */
const MESSAGES = Number(process.env.CHAOS_MESSAGES ?? 300);
const CATCH_UP_MS = 90_000 + MESSAGES * 60;

/** The receipts by which the device told WhatsApp that it has a message. */
function confirmations({ history }: TestSimulator): readonly RecordOf<'receipt'>[] {
  const mine = `${OWNER}:`;
  return history.of('receipt').filter(({ from, type }) => from.startsWith(mine) && type !== 'retry');
}

/** Sends `texts` as people do: by number and by LID, first contacts among them, and from our own phone. */
async function sendAll(simulator: TestSimulator, round: number, texts: readonly string[]): Promise<Sent[]> {
  const strangers = Array.from({ length: 4 }, (_, index) =>
    simulator.phone(String(FIRST_STRANGER + round * 4 + index), 'Stranger'),
  );
  const friends = [simulator.phone(BUDI, 'Budi'), ...strangers.slice(0, 2)];
  const [own, ...others] = [simulator.phone(OWNER, 'Owner'), ...friends, ...strangers];
  const lanes = [own, ...others].map(async (phone, lane) => {
    const sent: Sent[] = [];
    for (const text of texts.filter((_, index) => index % (others.length + 1) === lane)) {
      const addressing = lane % 2 === 0 ? 'lid' : 'pn';
      const { id } = await phone.sendText(phone === own ? BUDI : OWNER, text, { addressing });
      sent.push({ id, text });
    }
    return sent;
  });
  return (await Promise.all(lanes)).flat();
}

interface Sent {
  readonly id: string;
  readonly text: string;
}

const STORAGES: Readonly<Record<string, () => Promise<Readonly<Record<string, string>>>>> = {
  SQLite: async () => ({}),
  ...(hasMariaDb && {
    MariaDB: async () => {
      const server = await startMariaDb();
      onTestFinished(() => server.stop());
      return { DATABASE_URL: await server.createDatabase() };
    },
  }),
};

describe.each(Object.keys(STORAGES))('G6 on %s', (storage) => {
  it(`every one of ${MESSAGES} messages is stored exactly once through ${KILLS} kills`, {
    timeout: 900_000,
  }, async () => {
    const environment = (await STORAGES[storage]?.()) ?? {};
    const random = chaosRandom();
    const simulator = await startTestSimulator();
    const options = { dataDir: temporaryFolder(), simulator, environment };
    let server: Running = await runServer(options);
    await server.createDevice('owner');
    await server.pairByQr('owner', simulator.phone(OWNER, 'Owner'));
    const target = { phoneNumber: OWNER };
    simulator.faults.add({ kind: 'corrupt-ciphertext', probability: 0.05, target });
    simulator.faults.add({ kind: 'duplicate-delivery', probability: 0.05, target });

    const share = Math.ceil(MESSAGES / KILLS);
    const sent: Sent[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const texts = Array.from({ length: share }, (_, index) => `${round}/${index}`);
      const confirmed = confirmations(simulator).length + 1 + Math.floor(random.next() * share * 0.8);
      const sending = sendAll(simulator, round, texts);
      while (confirmations(simulator).length < confirmed)
        await simulator.history.waitFor((record) => record.kind === 'receipt', {
          after: simulator.history.sequence,
        });
      await server.kill();
      sent.push(...(await sending));
      server = await runServer(options);
    }
    const texts = sent.map(({ text }) => text);
    await Promise.race([
      waitForTexts(server, 'owner', texts),
      once(AbortSignal.timeout(CATCH_UP_MS), 'abort'),
    ]);
    const stored = await receivedTexts(server, 'owner');
    const receipted = new Set(confirmations(simulator).flatMap(({ ids }) => ids));
    const known = new Set(stored);
    const figures = {
      sent: sent.length,
      stored: stored.length,
      receipted: sent.filter(({ id }) => receipted.has(id)).length,
      receiptedNotStored: sent.filter(({ id, text }) => receipted.has(id) && !known.has(text)),
      notStored: sent.filter(({ text }) => !known.has(text)).length,
      faults: simulator.history.of('fault').length,
      retryReceipts: simulator.history.of('receipt').filter(({ type }) => type === 'retry').length,
    };
    process.stdout.write(`${storage}, ${KILLS} kills: ${JSON.stringify(figures)}\n`);
    expect(figures.receiptedNotStored).toEqual([]);
    expect(stored.toSorted()).toEqual(texts.toSorted());
    await server.kill();
    await simulator.close();
  });
});
