import { AsyncLocalStorage } from 'node:async_hooks';
import type { SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys';

/**
 * Makes the transactions of one socket's key store run one after the other; nested ones belong to the one around them.
 *
 * The library locks by name, and the names differ for one and the same session: a send holds the own account's, a decryption
 * the sender's (upstream issue 2372). Each reads the session, steps its ratchet and writes it back when it commits, so of two
 * at the same time one step is undone, and neither side can read the other any more.
 *
 * What a transaction began and did not wait for goes on after the commit, and the library still takes it for a part: what it
 * writes is lost without a word. A contact would be given its token with every message instead of once a week. Here it reads
 * and writes what is stored.
 */
export function runTransactionsInTurn(keys: SignalKeyStoreWithTransaction): void {
  const get = keys.get.bind(keys);
  const set = keys.set.bind(keys);
  const isInTransaction = keys.isInTransaction.bind(keys);
  const transaction = keys.transaction.bind(keys);
  const outside = AsyncLocalStorage.snapshot();
  const around = new AsyncLocalStorage<{ isOver: boolean }>();
  const now = <Result>(work: () => Result): Result => (around.getStore()?.isOver ? outside(work) : work());
  const untilOver = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const transactionAround = { isOver: false };
    try {
      return await around.run(transactionAround, work);
    } finally {
      transactionAround.isOver = true;
    }
  };
  let last: Promise<unknown> = Promise.resolve();

  keys.get = (type, ids) => now(() => get(type, ids));
  keys.set = (data) => now(() => set(data));
  keys.isInTransaction = () => now(isInTransaction);
  keys.transaction = <Result>(work: () => Promise<Result>, name: string): Promise<Result> =>
    now(() => {
      if (isInTransaction()) return transaction(work, name);
      const turn = last.then(() => transaction(() => untilOver(work), name));
      // Whoever asked for it hears how it ended; the next one only that it did.
      last = turn.catch(() => {});
      return turn;
    });
}
