import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { type ChatMessage, type ChatStore, createChatStore } from './chat-store.ts';
import type { ChatStoreFiles } from './chat-store-file.ts';

/** The stores of the devices this process runs. */
export interface ChatStores {
  /** What a device received or sent, in order. Never fails. */
  add(deviceId: DeviceId, message: ChatMessage): void;
  /** What its phone handed it of the past, newest first. Never fails. */
  addOlder(deviceId: DeviceId, messages: readonly ChatMessage[]): void;
  /** The store with everything added so far; read from its file the first time. */
  open(deviceId: DeviceId): Promise<ChatStore>;
  /** Forgets everything, the file too. Resolves when it is gone. */
  erase(deviceId: DeviceId): Promise<void>;
  /** Writes what changed, then writes no more. */
  stop(): Promise<void>;
}

interface StoresDeps {
  readonly files: ChatStoreFiles;
  /** Of each device. */
  readonly maxBytes: number;
  /** Whether anything of the device may be kept; where it may not, what there is goes. Without it: always. */
  readonly mayKeep?: (deviceId: DeviceId) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry {
  /** Everything about one device, one after the other. */
  tail: Promise<ChatStore>;
  isChanged: boolean;
}

/** How often what changed is written, in ms. */
const WRITE_EVERY_MS = 30_000;

export function createChatStores({ files, maxBytes, mayKeep, clock, log }: StoresDeps): ChatStores {
  const entries = new Map<DeviceId, Entry>();
  let writing = Promise.resolve();

  const load = async (deviceId: DeviceId): Promise<ChatStore> => {
    const initial = await files.read(deviceId);
    try {
      return createChatStore({ maxBytes, initial });
    } catch (error) {
      log.warn({ deviceId, err: error }, 'chat store file not understood; the store begins anew');
      return createChatStore({ maxBytes, initial: null });
    }
  };
  const entryOf = (deviceId: DeviceId): Entry => {
    const entry = entries.get(deviceId) ?? { tail: load(deviceId), isChanged: false };
    entries.set(deviceId, entry);
    return entry;
  };
  const queue = (entry: Entry, work: (store: ChatStore) => Promise<void> | void): Promise<ChatStore> => {
    entry.tail = entry.tail.then(async (store) => {
      await work(store);
      return store;
    });
    return entry.tail;
  };

  const change = (deviceId: DeviceId, work: (store: ChatStore) => void): void => {
    const entry = entryOf(deviceId);
    void queue(entry, async (store) => {
      if (!(await isKept(deviceId, entry, store))) return;
      work(store);
      entry.isChanged = true;
    });
  };
  const clear = async (deviceId: DeviceId, entry: Entry, store: ChatStore): Promise<void> => {
    store.clear();
    entry.isChanged = false;
    await files.erase(deviceId);
  };
  /** Where it cannot be found out nothing is kept, and nothing lost. */
  const isKept = async (deviceId: DeviceId, entry: Entry, store: ChatStore): Promise<boolean> => {
    try {
      if (!mayKeep || (await mayKeep(deviceId))) return true;
      await clear(deviceId, entry, store);
    } catch (error) {
      log.warn({ deviceId, err: error }, 'chat store left as it is');
    }
    return false;
  };

  const write = async (deviceId: DeviceId, entry: Entry): Promise<void> => {
    await queue(entry, async (store) => {
      if (!entry.isChanged) return;
      entry.isChanged = false;
      try {
        await files.write(deviceId, store.snapshot());
      } catch (error) {
        entry.isChanged = true;
        log.warn({ deviceId, err: error }, 'chat store not written; it is tried again');
      }
    });
  };
  /** One after the other: a snapshot takes the processor for a moment. */
  const writeChanged = (): Promise<void> => {
    writing = writing.then(async () => {
      for (const [deviceId, entry] of entries) if (entry.isChanged) await write(deviceId, entry);
    });
    return writing;
  };
  const timer = clock.every(WRITE_EVERY_MS, () => void writeChanged());

  return {
    add: (deviceId, message) => change(deviceId, (store) => store.add(message)),
    addOlder: (deviceId, messages) => change(deviceId, (store) => store.addOlder(messages)),
    open(deviceId) {
      const entry = entryOf(deviceId);
      return queue(entry, async (store) => void (await isKept(deviceId, entry, store)));
    },
    async erase(deviceId) {
      const entry = entryOf(deviceId);
      await queue(entry, (store) => clear(deviceId, entry, store));
    },
    async stop() {
      timer.cancel();
      await writeChanged();
    },
  };
}
