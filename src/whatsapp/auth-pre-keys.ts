import type { SignalKeyStore } from '@whiskeysockets/baileys';

/**
 * Makes `keys`, the library's transactional store, write new pre-keys straight to `store`. The library sends a pre-key to the
 * server inside the transaction that makes it: a crash before the commit would leave a published key that we do not have.
 * Give it the `keys` that `makeSignalRepository` receives and the `keys` of the AuthState.
 */
export function makePreKeysDurable(keys: SignalKeyStore, store: SignalKeyStore): void {
  const setInTransaction = keys.set.bind(keys);
  keys.set = async (data) => {
    const { 'pre-key': preKeys = {}, ...others } = data;
    const [added, removed] = partition(Object.entries(preKeys), ([, key]) => key !== null);
    if (added.length > 0) await store.set({ 'pre-key': Object.fromEntries(added) });
    const rest = removed.length > 0 ? { ...others, 'pre-key': Object.fromEntries(removed) } : others;
    if (Object.keys(rest).length > 0) await setInTransaction(rest);
  };
}

function partition<Item>(items: readonly Item[], fits: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}
