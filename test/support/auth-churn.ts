import { createInterface } from 'node:readline';
import { addTransactionCapability } from '@whiskeysockets/baileys';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { makePreKeysDurable } from '../../src/whatsapp/auth-pre-keys.ts';
import { type AuthState, createAuthStates } from '../../src/whatsapp/auth-state.ts';

/**
 * A process that uses a session as a busy socket does, until it is killed: `<url> <dataDir> <key in hex> <deviceId>`. It loads
 * everything, waits for `<epoch> <first number>` on standard input, then writes ever higher numbers. Every transaction writes one
 * number into four rows of one chat, through the library's own transactions. `acked <chat> <number>`: it is durable.
 */
const [url = '', dataDir = '', keyHex = '', deviceId = ''] = process.argv.slice(2);
const CHATS = 4;

/** What the library says of a failed commit reaches the parent, which then fails the test. */
const LIBRARY_LOGGER = {
  level: 'silent',
  child: () => LIBRARY_LOGGER,
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error(data: unknown) {
    console.log(`failed ${JSON.stringify(data)}`);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [epoch = 0, first = 0] = line.split(' ').map(Number);
  void churn(await openState(epoch), first);
}

async function openState(epoch: number): Promise<AuthState> {
  const clock = systemClock;
  const states = createAuthStates({
    database: await openDatabase({ url, log: silentLogger, clock }),
    keyRing: { id: 'churn', key: Buffer.from(keyHex, 'hex'), previous: [] },
    dataDir,
    clock,
    ids: createIds({ clock, random: systemRandom }),
    log: silentLogger,
  });
  return states.open({ deviceId: deviceId as DeviceId, epoch, mayMint: true });
}

async function churn(state: AuthState, first: number): Promise<void> {
  const keys = addTransactionCapability(state.keys, LIBRARY_LOGGER, {
    maxCommitRetries: 1,
    delayBetweenTriesMs: 0,
  });
  makePreKeysDurable(keys, state.keys);
  let next = first;
  const chat = async (index: number): Promise<void> => {
    const [name, group] = [`62812${index}.0`, `group${index}@g.us`];
    for (;;) {
      const number = next++;
      const value = Buffer.from(JSON.stringify({ number, padding: 'x'.repeat(number % 900) }));
      const preKeyId = state.creds.nextPreKeyId++;
      await keys.transaction(async () => {
        await keys.get('session', [name]);
        await keys.set({ session: { [name]: value }, 'identity-key': { [name]: value } });
        await keys.set({
          'sender-key': { [`${group}::62812${index}::0`]: value },
          'sender-key-memory': { [group]: { [number]: true } },
        });
        await keys.set({ 'pre-key': { [preKeyId]: { public: value, private: value } } });
      }, name);
      console.log(`acked ${index} ${number}`);
      state.creds.accountSyncCounter = number;
      await state.saveCreds();
      await keys.transaction(async () => {
        await keys.get('pre-key', [String(preKeyId)]);
        await keys.set({ 'pre-key': { [preKeyId]: null } });
      }, name);
    }
  };
  await Promise.all(Array.from({ length: CHATS }, (_, index) => chat(index)));
}
