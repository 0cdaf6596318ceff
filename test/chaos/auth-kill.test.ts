import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { SignalDataTypeMap } from '@whiskeysockets/baileys';
import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { AuthState } from '../../src/whatsapp/auth-state.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { authStatesOn, deviceIdOf, pair, setLease, temporaryFolder } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';

/** 200 is what the guarantee is written for; every change has time for some of them. */
const KILLS = CHAOS.isLong ? 200 : 20;
const CHATS = 4;
/** Children that have loaded and wait for their turn, so that starting one costs no time between two kills. */
const WARM = 2;
const CHURN = join(import.meta.dirname, '../support/auth-churn.ts');
const deviceId = deviceIdOf('churned');
const random = createSeededRandom(20_261_120);

describeOnEachDatabase('auth state under kill -9', (open) => {
  it(`is the same device with every row whole after each of ${KILLS} kills`, {
    timeout: 600_000,
  }, async () => {
    const url = await open.freshUrl();
    const database = await open(url);
    await migrate(database, { log: silentLogger });
    const key = systemRandom.bytes(32);
    const dataDir = temporaryFolder();
    const openHere = (epoch: number) =>
      authStatesOn(database, { keyRing: { id: 'churn', key, previous: [] }, dataDir }).open({
        deviceId,
        epoch,
        mayMint: true,
      });
    const startChild = () => startChurn([url, dataDir, key.toString('hex'), deviceId], dataDir);

    await setLease(database, deviceId, 0);
    const minted = await openHere(0);
    pair(minted.creds);
    await minted.saveCreds();
    const identity = minted.creds.signedIdentityKey.public;

    const waiting = Array.from({ length: WARM }, startChild);
    let highest = 0;
    let writes = 0;
    for (let epoch = 1; epoch <= KILLS; epoch += 1) {
      await setLease(database, deviceId, epoch);
      const child = waiting.shift() ?? startChild();
      if (epoch + waiting.length < KILLS) waiting.push(startChild());
      const acked = await churnUntilKilled(child, {
        epoch,
        first: highest + 1,
        acks: 1 + Math.floor(random.next() * 40),
      });
      writes += [...acked.values()].length;

      const state = await openHere(epoch);
      expect(state.kind).toBe('stored');
      expect(state.creds.signedIdentityKey.public).toEqual(Buffer.from(identity));
      expect(state.creds.account).toBeDefined();
      highest = Math.max(highest, await highestWholeNumber(state, acked));
      await expectEveryRowReadable(database, state);
    }
    expect(writes).toBeGreaterThan(0);
    expect(highest).toBeGreaterThan(KILLS);
  });
});

interface Churn {
  readonly process: ChildProcess;
  readonly lines: Interface;
}

function startChurn(parameters: readonly string[], cache: string): Churn {
  const child = spawn(process.execPath, [CHURN, ...parameters], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(cache, 'compiled') },
  });
  return { process: child, lines: createInterface({ input: child.stdout }) };
}

/** The highest number per chat that the child was told is durable before it died. */
async function churnUntilKilled(
  { process: child, lines }: Churn,
  { epoch, first, acks }: { epoch: number; first: number; acks: number },
): Promise<Map<number, number>> {
  const acked = new Map<number, number>();
  const ended = once(child, 'exit');
  child.stdin?.write(`${epoch} ${first}\n`);
  let seen = 0;
  for await (const line of lines) {
    const [word, chat, number] = line.split(' ');
    if (word !== 'acked') throw new Error(`the child said: ${line}`);
    acked.set(Number(chat), Number(number));
    seen += 1;
    if (seen === acks) child.kill('SIGKILL');
  }
  await ended;
  if (seen < acks) throw new Error('the child ended by itself');
  return acked;
}

/** Each chat's four rows hold one and the same number, at least the acknowledged one. Returns the highest of all. */
async function highestWholeNumber(state: AuthState, acked: ReadonlyMap<number, number>): Promise<number> {
  let highest = 0;
  for (let index = 0; index < CHATS; index += 1) {
    const [name, group] = [`62812${index}.0`, `group${index}@g.us`];
    const senderKey = `${group}::62812${index}::0`;
    const [session, identity, sender, memory] = await Promise.all([
      state.keys.get('session', [name]),
      state.keys.get('identity-key', [name]),
      state.keys.get('sender-key', [senderKey]),
      state.keys.get('sender-key-memory', [group]),
    ]);
    const numbers = [session[name], identity[name], sender[senderKey]].map(numberIn);
    numbers.push(Number(Object.keys(memory[group] ?? { 0: true })[0]));
    expect(new Set(numbers).size).toBe(1);
    expect(numbers[0]).toBeGreaterThanOrEqual(acked.get(index) ?? 0);
    highest = Math.max(highest, ...numbers);
  }
  return highest;
}

function numberIn(value: Uint8Array | undefined): number {
  return value === undefined ? 0 : JSON.parse(Buffer.from(value).toString()).number;
}

async function expectEveryRowReadable(database: Database, state: AuthState): Promise<void> {
  const rows = await database.query<{ type: keyof SignalDataTypeMap; key_id: string }>({
    text: 'select type, key_id from auth_key where device_id = ?',
    params: [deviceId],
  });
  for (const [type, group] of Map.groupBy(rows, (row) => row.type)) {
    const ids = group.map(({ key_id }) => key_id);
    expect(Object.keys(await state.keys.get(type, ids))).toHaveLength(ids.length);
  }
  const preKeyIds = rows.filter(({ type }) => type === 'pre-key').map(({ key_id }) => Number(key_id));
  expect(state.creds.nextPreKeyId).toBeGreaterThan(Math.max(0, ...preKeyIds));
}
