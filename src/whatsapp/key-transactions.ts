import type { SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys';

/**
 * Makes the transactions of one socket's key store run one after the other; nested ones belong to the one around them.
 *
 * The library locks by name, and the names differ for one and the same session: a send holds the own account's, a decryption
 * the sender's (upstream issue 2372). Each reads the session, steps its ratchet and writes it back when it commits, so of two
 * at the same time one step is undone, and neither side can read the other any more.
 */
export function runTransactionsInTurn(
  keys: Pick<SignalKeyStoreWithTransaction, 'transaction' | 'isInTransaction'>,
): void {
  const transaction = keys.transaction.bind(keys);
  let last: Promise<unknown> = Promise.resolve();
  keys.transaction = <Result>(work: () => Promise<Result>, name: string): Promise<Result> => {
    if (keys.isInTransaction()) return transaction(work, name);
    const turn = last.then(() => transaction(work, name));
    // Whoever asked for it hears how it ended; the next one only that it did.
    last = turn.catch(() => {});
    return turn;
  };
}
