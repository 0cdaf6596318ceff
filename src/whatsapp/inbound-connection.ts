import type { UserFacingSocketConfig, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId, Ids, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { AuthState } from './auth-open-state.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import {
  journalInbound,
  noteStanzas,
  type StanzaBook,
  type UndecryptableCiphertext,
} from './inbound-journal.ts';
import { createInboundOrder } from './inbound-order.ts';
import { watchOwnMappings } from './inbound-own-mapping.ts';
import type { InboundReader } from './inbound-reader.ts';
import { runTransactionsInTurn } from './key-transactions.ts';
import type { IdentityPair } from './socket.ts';

/** The journal of one socket: how Baileys is made to write it, and who takes over what is in it. */
export interface InboundConnection {
  readonly config: Pick<UserFacingSocketConfig, 'makeSignalRepository'>;
  /** Call it before anything can arrive. */
  watch(ws: WASocket['ws']): void;
  covers(waMessageId: WaMessageId): boolean;
  /** Resolves when everything journalled is taken over. Never rejects: the next socket begins with what is left. */
  finish(): Promise<void>;
}

interface InboundParts {
  readonly deviceId: DeviceId;
  readonly reader: InboundReader;
  readonly auth: AuthState;
  readonly library: BaileysLibrary;
  /** Who is behind which hidden id, as the library learns it. */
  onIdentities(pairs: readonly IdentityPair[]): void;
  onUndecryptable(failure: UndecryptableCiphertext): void;
}

export interface InboundDeps {
  /** What takes over what the journal holds. */
  readonly inbound: InboundSink;
  /** `off` only where a test shows what the journal is good for. */
  readonly inboundJournal?: 'on' | 'off' | undefined;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes over what a device received; see InboundIngest. */
export interface InboundSink {
  take(deviceId: DeviceId, reader: InboundReader): Promise<void>;
}

/** The library tells of a message right after it was journalled; this many are remembered between the two. */
const REMEMBERED_IDS = 2_000;
const TRY_AGAIN_MS = 5_000;
/** Under load what comes within this time is taken over together; the first message after a pause does not wait. */
const TOGETHER_MS = 25;

export function connectInbound(parts: InboundParts, deps: InboundDeps): InboundConnection {
  const { deviceId, reader, auth, library } = parts;
  const stanzas: StanzaBook = new WeakMap();
  const order = createInboundOrder();
  const journalled = new Set<string>();
  let finished = false;

  const take = async (): Promise<void> => {
    try {
      await deps.inbound.take(deviceId, reader);
    } catch (err) {
      deps.log.error({ deviceId, err }, 'received messages stay in the journal for now');
      if (!finished) deps.clock.after(TRY_AGAIN_MS, () => void take());
    }
  };
  let taken = Number.NEGATIVE_INFINITY;
  let isTakeDue = false;
  const takeSoon = (): void => {
    if (isTakeDue) return;
    isTakeDue = true;
    const waitMs = taken + TOGETHER_MS - deps.clock.monotonic();
    const begin = () => {
      isTakeDue = false;
      taken = deps.clock.monotonic();
      if (!finished) void take();
    };
    if (waitMs > 0) deps.clock.after(waitMs, begin);
    else begin();
  };
  const remember = (waMessageId: string): void => {
    journalled.add(waMessageId);
    const [oldest] = journalled;
    if (journalled.size > REMEMBERED_IDS && oldest !== undefined) journalled.delete(oldest);
  };
  const makeSignalRepository: InboundConnection['config']['makeSignalRepository'] = (signal, ...rest) => {
    const { keys } = signal;
    if (!('transaction' in keys)) throw new Error('the library gave a key store without transactions');
    runTransactionsInTurn(keys);
    const repository = library.DEFAULT_CONNECTION_CONFIG.makeSignalRepository(signal, ...rest);
    watchOwnMappings(repository, { creds: auth.creds, onIdentities: parts.onIdentities });
    const journalling = journalInbound(repository, {
      ...deps,
      keys,
      library,
      stanzas,
      onUndecryptable: parts.onUndecryptable,
      onJournalled({ waMessageId, isWhole }) {
        if (isWhole) remember(waMessageId);
        takeSoon();
      },
    });
    return order.observing(journalling);
  };

  if (deps.inboundJournal === 'off') return NO_JOURNAL;
  return {
    config: { makeSignalRepository },
    watch(ws) {
      noteStanzas(ws, stanzas);
      order.watch(ws);
    },
    covers: (waMessageId) => journalled.has(waMessageId),
    async finish() {
      finished = true;
      await take();
    },
  };
}

const NO_JOURNAL: InboundConnection = {
  config: {},
  watch() {},
  covers: () => false,
  finish: async () => {},
};
