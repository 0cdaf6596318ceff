import type {
  AuthenticationCreds,
  SignalDataSet,
  SignalDataTypeMap,
  SignalKeyStore,
} from '@whiskeysockets/baileys';
import { retryTransient } from '../database/retry.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Unsubscribe } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import { type AuthFailure, createFailureLatch } from './auth-failure.ts';
import { createKeyCache } from './auth-key-cache.ts';
import type { LinkingJournal } from './auth-linking-journal.ts';
import type { AuthRepository } from './auth-repository.ts';
import type { AuthOwner, SealedKey } from './auth-rows-repository.ts';
import type { DeviceSealer } from './auth-sealer.ts';
import { decodeKey, encodeCreds, encodeKey } from './auth-value-codec.ts';
import { type AuthChange, createAuthWriteQueue, type KeyChanges } from './auth-write-queue.ts';
import { JOURNAL, type JournalEntry, journalledIn } from './inbound-journal-entry.ts';
import { createSealedJournal, type SealedJournal } from './inbound-journal-seal.ts';

/** The credentials and Signal keys of one device for one socket, as Baileys takes them (`auth: { creds, keys }`). */
export interface AuthState {
  /** `minted`: a new identity that nobody is linked to yet; nothing of it is stored before pairing. */
  readonly kind: 'stored' | 'minted';
  /** The library changes this object in place and says so by `creds.update`: then call `saveCreds`. */
  readonly creds: AuthenticationCreds;
  /** `set` is one transaction, durable when it resolves. Errors reject after `onFailure` was told. */
  readonly keys: SignalKeyStore;
  /**
   * Call it inside the `creds.update` listener, not after an await: while linking, the credentials are in a file on this
   * machine when the call returns, so before the library acknowledges the pairing. Resolves when they are in the database.
   */
  saveCreds(): Promise<void>;
  /** Resolves when every write asked for so far is in the database; rejects when one failed. */
  flush(): Promise<void>;
  /** What was received and is not taken over yet. */
  readonly inbound: Pick<SealedJournal, 'newEntries'>;
  /** Called once at most, at once when it failed already. The listener must close the socket before it returns. */
  onFailure(listener: (failure: AuthFailure) => void): Unsubscribe;
}

/** An AuthState whose owner can end it: it finishes its writes and refuses all others. */
export interface OpenAuthState extends AuthState {
  retire(): Promise<void>;
}

interface Opened {
  readonly kind: AuthState['kind'];
  readonly owner: AuthOwner;
  readonly creds: AuthenticationCreds;
  readonly sealer: DeviceSealer;
  /** Of the stored credentials; 0 when none are stored. */
  readonly version: number;
}

interface OpenStateDeps {
  readonly repository: AuthRepository;
  readonly linking: LinkingJournal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a store that does not answer is asked again, before the socket is closed so that the server keeps what comes. */
const STORE_PATIENCE_MS = 10_000;

/** Brings an opened session to life. */
export function createOpenState(opened: Opened, deps: OpenStateDeps): OpenAuthState {
  const { owner, creds, sealer } = opened;
  const { repository, linking, clock, log } = deps;
  const latch = createFailureLatch({ deviceId: owner.deviceId, log });
  let version = opened.version;
  let storedLinked = version > 0 && isLinked(creds);
  const cache = createKeyCache();

  const patiently = <Result>(work: () => Promise<Result>) =>
    retryTransient(work, { clock, isTransient: isPassing, giveUpAfterMs: STORE_PATIENCE_MS });

  const commit = async (change: AuthChange): Promise<void> => {
    const keys = sealKeys(sealer, change.keys);
    const linked = isLinked(creds);
    const sealed = () => sealer.sealCreds(encodeCreds(creds));
    const next =
      change.creds === 'save' || version === 0
        ? { version: version + 1, sealed: sealed(), at: clock.now() }
        : null;
    try {
      await patiently(() =>
        next && version === 0
          ? repository.create(owner, { dataKey: sealer.wrapped, creds: next, keys })
          : repository.write(owner, { keys, creds: next, journal: journal.seal(change.journal) }),
      );
    } catch (error) {
      cache.clear();
      throw error;
    }
    cache.wrote(change.keys);
    if (!next) return;
    version = next.version;
    if (!linked || storedLinked) return;
    storedLinked = true;
    linking.forget(owner.deviceId);
  };
  const journal = createSealedJournal({ deviceId: owner.deviceId, sealer, repository, log });
  const queue = createAuthWriteQueue((change) => latch.guard(() => commit(change)));

  return {
    kind: opened.kind,
    creds,
    keys: {
      get: (type, ids) =>
        latch.guard(() => (isJournal(type) ? patiently(() => journal.find(ids)) : readKeys(ids, type))),
      set: (data) => latch.guard(async () => setKeys(data)),
    },
    saveCreds: () =>
      latch.guard(async () => {
        const isNews = !storedLinked && isLinked(creds);
        if (isNews) linking.record({ ...owner, creds: encodeCreds(creds) });
        // An identity that nobody is linked to is worth nothing after a crash; a new one is as good.
        if (isNews || version > 0) await queue.write({ keys: new Map(), creds: 'save' });
      }),
    flush: () => queue.flush(),
    inbound: journal,
    onFailure: latch.onFailure,
    async retire() {
      await queue
        .flush()
        .catch((error: unknown) => log.debug({ deviceId: owner.deviceId, error }, 'auth flush failed'));
      latch.retire();
    },
  };

  async function readKeys<Type extends keyof SignalDataTypeMap>(ids: readonly string[], type: Type) {
    const found: { [id: string]: SignalDataTypeMap[Type] } = {};
    if (version === 0 || ids.length === 0) return found;
    const known = new Map([...new Set(ids)].map((keyId) => [keyId, cache.get(type, keyId)]));
    const missing = [...known.keys()].filter((keyId) => known.get(keyId) === undefined);
    const stored = missing.length > 0 ? await askStore(type, missing) : [];
    for (const [keyId, bytes] of [...known, ...stored]) if (bytes) found[keyId] = decodeKey(type, bytes);
    return found;
  }

  async function askStore(type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer | null>> {
    const since = cache.writes();
    const rows = await patiently(() => repository.keys(owner.deviceId, type, ids));
    const answer = new Map<string, Buffer | null>(ids.map((keyId) => [keyId, null]));
    for (const [keyId, sealed] of rows) answer.set(keyId, sealer.openKey(type, keyId, sealed));
    cache.learn(type, answer, since);
    return answer;
  }

  async function setKeys(data: SignalDataSet): Promise<void> {
    const { keys, journal } = encodeAll(data);
    if (keys.size + journal.size > 0) await queue.write({ keys, creds: 'keep', journal });
  }
}

/** Paired: the phone's signature over our identity is there. Before that the credentials open nothing. */
export function isLinked(creds: AuthenticationCreds): boolean {
  return creds.account !== undefined && creds.account !== null;
}

/** Encoded at once, because the library goes on changing the objects it handed over. */
function encodeAll(data: SignalDataSet): { keys: KeyChanges; journal: ReadonlyMap<string, JournalEntry> } {
  const keys: KeyChanges = new Map();
  for (const [type, values] of Object.entries(data)) {
    if (type === JOURNAL) continue;
    const encoded = Object.entries(values ?? {}).map(([id, value]): [string, Buffer | null] => [
      id,
      value === null || value === undefined ? null : encodeKey(type, value),
    ]);
    if (encoded.length > 0) keys.set(type, new Map(encoded));
  }
  return { keys, journal: journalledIn(data) };
}

/** The library's types name no such type. */
function isJournal(type: string): boolean {
  return type === JOURNAL;
}

function sealKeys(sealer: DeviceSealer, keys: KeyChanges): SealedKey[] {
  return [...keys].flatMap(([type, values]) =>
    [...values].map(([keyId, value]) => ({
      type,
      keyId,
      sealed: value && sealer.sealKey(type, keyId, value),
    })),
  );
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}
