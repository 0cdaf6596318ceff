import {
  addTransactionCapability,
  type SignalDataTypeMap,
  type SignalKeyStore,
} from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { createBaileysLogger } from '../../src/whatsapp/baileys-logger.ts';
import { runTransactionsInTurn } from '../../src/whatsapp/key-transactions.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { deviceIdOf } from '../support/auth.ts';

const PEER = '77.0';

/** Other work of the process goes on meanwhile, as while keys are read and a message is encrypted. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The library's own store with transactions. */
function createKeys() {
  const rows = new Map<string, string>();
  const store: SignalKeyStore = {
    async get<Type extends keyof SignalDataTypeMap>(_type: Type, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[Type] } = {};
      for (const id of ids) if (rows.has(id)) found[id] = JSON.parse(rows.get(id) ?? '');
      return found;
    },
    async set({ session = {} }) {
      for (const [id, value] of Object.entries(session)) rows.set(id, JSON.stringify([...(value ?? [])]));
    },
  };
  const logger = createBaileysLogger({
    deviceId: deviceIdOf('ana'),
    log: silentLogger,
    clock: createManualClock(),
  });
  const keys = addTransactionCapability(store, logger, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
  /** One step of the ratchet. */
  const step = async () => {
    const { [PEER]: session } = await keys.get('session', [PEER]);
    await turn();
    await keys.set({ session: { [PEER]: Uint8Array.of((session?.[0] ?? 0) + 1) } });
  };
  return { keys, step, steps: () => JSON.parse(rows.get(PEER) ?? '[0]')[0] };
}

/** A send and a decryption with the same peer, under the names the library gives them. */
const both = (keys: ReturnType<typeof createKeys>['keys'], step: () => Promise<void>) =>
  Promise.all([keys.transaction(step, '6281200000001:1@s.whatsapp.net'), keys.transaction(step, '77:0@lid')]);

it('the library alone loses a step when a send and a decryption meet', async () => {
  const { keys, step, steps } = createKeys();
  await both(keys, step);
  expect(steps()).toBe(1);
});

it('in turn, every step counts', async () => {
  const { keys, step, steps } = createKeys();
  runTransactionsInTurn(keys);
  for (let round = 0; round < 5; round += 1) await both(keys, step);
  expect(steps()).toBe(10);
});

it('a transaction within a transaction does not wait for itself', async () => {
  const { keys, step, steps } = createKeys();
  runTransactionsInTurn(keys);
  const inner = keys.transaction(() => keys.transaction(step, 'inner'), 'outer');
  expect(await Promise.all([inner, keys.transaction(async () => 'next', 'next')])).toEqual([
    undefined,
    'next',
  ]);
  expect(steps()).toBe(1);
});

it('one that fails fails for its caller alone, and what it wrote is gone', async () => {
  const { keys, step, steps } = createKeys();
  runTransactionsInTurn(keys);
  const fails = keys.transaction(async () => {
    await step();
    throw new Error('no');
  }, 'failing');
  const next = keys.transaction(step, 'next');
  await expect(fails).rejects.toThrow('no');
  await next;
  expect(steps()).toBe(1);
});

describe('what a transaction began and did not wait for', () => {
  /** Begins `late` within a transaction and lets it go on when that has ended. */
  const afterwards = async (
    { keys, step }: ReturnType<typeof createKeys>,
    late: () => Promise<void>,
  ): Promise<void> => {
    const over = Promise.withResolvers<void>();
    let rest = Promise.resolve();
    await keys.transaction(async () => {
      await step();
      rest = over.promise.then(late);
    }, 'send');
    over.resolve();
    await rest;
  };

  it('is lost by the library alone', async () => {
    const parts = createKeys();
    await afterwards(parts, parts.step);
    expect(parts.steps()).toBe(1);
  });

  it('is stored', async () => {
    const parts = createKeys();
    runTransactionsInTurn(parts.keys);
    await afterwards(parts, parts.step);
    expect(parts.steps()).toBe(2);
  });

  it('sees what was stored meanwhile, and waits for its turn with transactions of its own', async () => {
    const parts = createKeys();
    const { keys, step } = parts;
    runTransactionsInTurn(keys);
    await afterwards(parts, async () => {
      await Promise.all([
        keys.transaction(step, 'late'),
        ...Array.from({ length: 3 }, () => both(keys, step)),
      ]);
    });
    expect(parts.steps()).toBe(8);
  });
});
