import type { CacheStore } from '@whiskeysockets/baileys';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';

/** Where it is kept how often somebody got a message of ours again. */
export interface ResendLog {
  /** By address. */
  read(message: SentMessageName): Promise<Readonly<Record<string, number>>>;
  write(message: SentMessageName, counts: Readonly<Record<string, number>>): Promise<void>;
}

interface SentMessageName {
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}

interface CounterDeps {
  readonly deviceId: DeviceId;
  /** For what is not kept, and so that the same is not read twice. */
  readonly memory: CacheStore;
  readonly resends: ResendLog;
  readonly log: Logger;
}

/** The ids we give; what others ask of us under theirs need not outlive the process. */
const OURS = /^(3EB0[0-9A-F]{18}):(.+)$/;

/**
 * The counters by which Baileys ends a row of retries, `<message id>:<address>`. Those of our messages outlive sockets and
 * processes: otherwise a recipient that can decrypt nothing would get everything five more times after each restart.
 */
export function createRetryCounters({ deviceId, memory, resends, log }: CounterDeps): CacheStore {
  const parse = (key: string): { waMessageId: WaMessageId; address: string } | null => {
    const [, id, address] = OURS.exec(key) ?? [];
    return id === undefined || address === undefined ? null : { waMessageId: id as WaMessageId, address };
  };
  return {
    // Baileys' type leaves out that a cache may know nothing.
    async get<T>(key: string): Promise<T> {
      const known = await memory.get<T>(key);
      const ours = known === undefined ? parse(key) : null;
      if (!ours) return known as T;
      const counts = await resends.read({ deviceId, waMessageId: ours.waMessageId });
      const count = counts[ours.address];
      if (count !== undefined) await memory.set(key, count);
      return count as T;
    },
    async set(key, value) {
      await memory.set(key, value);
      const ours = parse(key);
      if (!ours || typeof value !== 'number') return;
      const message = { deviceId, waMessageId: ours.waMessageId };
      try {
        await resends.write(message, { ...(await resends.read(message)), [ours.address]: value });
      } catch (error) {
        log.warn({ deviceId, err: error }, 'how often a message was sent again is not stored');
      }
    },
    del: (key) => memory.del(key),
    flushAll: () => memory.flushAll(),
  };
}
