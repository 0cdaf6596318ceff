import { addTransactionCapability, type SignalDataSet, type SignalKeyStore } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makePreKeysDurable } from '../../src/whatsapp/auth-pre-keys.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { authStatesOn, deviceIdOf, freshKeyRing, pair, problemOf, temporaryFolder } from '../support/auth.ts';

const deviceId = deviceIdOf('device');
const nobody = {
  lease_epoch: 1,
  version: null,
  sealed: null,
  kek_id: null,
  wrapped: null,
  highest_pre_key: null,
  has_keys: 0,
};

/** A database that holds nothing and answers writes as the test says. */
function createFlakyDatabase() {
  const store = { answer: async (): Promise<void> => {}, writes: 0 };
  const unused = () => Promise.reject(new Error('not in this test'));
  const database: Database = {
    dialect: 'sqlite',
    prisma: unused,
    query: async <Row>() => [nobody as Row],
    run: unused,
    async writeAtomically({ statements }) {
      store.writes += 1;
      await store.answer();
      return { changes: statements.map(() => 1) };
    },
    exclusively: unused,
    now: unused,
    ping: unused,
    close: unused,
  };
  return { database, store };
}

async function openOn(database: Database) {
  const clock = createManualClock();
  const states = authStatesOn(database, { keyRing: freshKeyRing(), dataDir: temporaryFolder(), clock });
  const state = await states.open({ deviceId, epoch: 1, mayMint: true });
  pair(state.creds);
  return { state, clock };
}

/** Lets everything that is ready run, and moves the clock on, until `done` settles. */
async function whileMoving(clock: { advance(ms: number): void }, done: Promise<unknown>): Promise<void> {
  const progress = { isSettled: false };
  const settle = () => {
    progress.isSettled = true;
  };
  done.then(settle, settle);
  while (!progress.isSettled) {
    clock.advance(25);
    await new Promise(setImmediate);
  }
}

describe('auth state while the database is away', () => {
  it('keeps asking and succeeds when it comes back within ten seconds', async () => {
    const { database, store } = createFlakyDatabase();
    const { state, clock } = await openOn(database);
    store.answer = () =>
      clock.monotonic() < 8_000 ? Promise.reject(new AppError('DATABASE_UNAVAILABLE')) : Promise.resolve();
    const failures: string[] = [];
    state.onFailure((failure) => failures.push(failure));
    const saving = state.saveCreds();
    await whileMoving(clock, saving);
    await saving;
    expect(failures).toEqual([]);
    expect(store.writes).toBeGreaterThan(10);
  });

  it('reports after ten seconds, before it rejects', async () => {
    const { database, store } = createFlakyDatabase();
    const { state, clock } = await openOn(database);
    store.answer = () => Promise.reject(new AppError('STORAGE_FULL'));
    const order: string[] = [];
    state.onFailure((failure) => order.push(failure));
    const saving = problemOf(state.saveCreds()).then((problem) => order.push(problem));
    await whileMoving(clock, saving);
    expect(order).toEqual(['store-unavailable', 'unreadable']);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(10_000);
    expect(clock.monotonic()).toBeLessThan(11_000);
  });

  it('does not repeat what can never work', async () => {
    const { database, store } = createFlakyDatabase();
    const { state } = await openOn(database);
    store.answer = () => Promise.reject(new Error('a bug in the SQL'));
    expect(await problemOf(state.saveCreds())).toBe('unreadable');
    expect(store.writes).toBe(1);
  });
});

describe('durable pre-keys', () => {
  it('stores new pre-keys at once even inside a transaction that fails, and only those', async () => {
    const stored: SignalDataSet[] = [];
    const store: SignalKeyStore = { get: () => ({}), set: (data) => void stored.push(data) };
    const log = {
      level: 'silent',
      child: () => log,
      trace() {},
      debug() {},
      info() {},
      warn() {},
      error() {},
    };
    const keys = addTransactionCapability(store, log, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
    makePreKeysDurable(keys, store);
    const key = { public: Buffer.alloc(32), private: Buffer.alloc(32) };
    const failing = keys.transaction(async () => {
      await keys.set({ 'pre-key': { '7': key }, session: { 'a.0': Buffer.from('x') } });
      throw new Error('rolled back');
    }, 'jid');
    await expect(failing).rejects.toThrow('rolled back');
    expect(stored).toEqual([{ 'pre-key': { '7': key } }]);
  });
});
