import type {
  BinaryNode,
  proto,
  SignalKeyStoreWithTransaction,
  SignalRepositoryWithLIDStore,
  WASocket,
} from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { createAllowance } from './allowance.ts';
import { AuthStateError } from './auth-state-error.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import { type EncType, JOURNAL, type JournalEntry, journalHash, journalIn } from './inbound-journal-entry.ts';
import { journalAuthor } from './inbound-journal-repository.ts';
import { knowsSenderKey } from './inbound-sender-key.ts';
import { healSession } from './inbound-session-heal.ts';

export interface JournalDeps {
  /** The library's transactional store: the one `makeSignalRepository` receives. */
  readonly keys: SignalKeyStoreWithTransaction;
  readonly library: Pick<BaileysLibrary, 'BufferJSON' | 'proto' | 'unpadRandomMax16'>;
  readonly stanzas: StanzaBook;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Logger;
  /** An entry is durable. Not whole: a sender key came along, and the content may be in another ciphertext. */
  onJournalled(entry: { waMessageId: string; isWhole: boolean }): void;
  /** A ciphertext could not be decrypted; its sender is asked for it again, our own phone is not. */
  onUndecryptable(failure: UndecryptableCiphertext): void;
}

export interface UndecryptableCiphertext {
  readonly waMessageId: string;
  readonly isFromOwnPhone: boolean;
}

/** As many that could not be decrypted are marked in a minute; a broken sender must not fill the table. */
const MARKS_PER_MINUTE = 100;

/** The attributes of the stanza a ciphertext came in, found by the ciphertext object itself. */
export type StanzaBook = WeakMap<Uint8Array, Readonly<Record<string, string>>>;

/** Notes the stanza of each ciphertext before the library sees it; the library passes the same objects on. */
export function noteStanzas(ws: WASocket['ws'], stanzas: StanzaBook): void {
  ws.prependListener('CB:message', ({ attrs, content }: BinaryNode) => {
    if (!Array.isArray(content)) return;
    for (const child of content) {
      if (child.content instanceof Uint8Array) stanzas.set(child.content, attrs);
    }
  });
}

/** One ratchet step the library wants to take. */
interface Step {
  readonly ciphertext: Uint8Array;
  readonly encType: EncType;
  /** The library's own lock, so that our transaction excludes its others; never the name of a key type. */
  readonly lock: string;
  run(): Promise<Uint8Array>;
}

type Distribution = Parameters<SignalRepositoryWithLIDStore['processSenderKeyDistributionMessage']>[0];

/** Stands for a message that was taken over: empty, and one byte of padding. */
const emptyMessage = () => Buffer.from([1]);

/**
 * Wraps the repository so that what a ciphertext said is stored in the very transaction that spends its key, before the library
 * tells WhatsApp "delivered". A ciphertext that comes again after a crash is answered from the journal. Both kinds of
 * decryption are wrapped or neither: a group stanza is two steps, and one that fails silences the other.
 */
export function journalInbound(
  inner: SignalRepositoryWithLIDStore,
  deps: JournalDeps,
): SignalRepositoryWithLIDStore {
  const { keys, stanzas, ids, clock, log } = deps;
  const journal = journalIn(keys);
  const mayMark = createAllowance({ clock, perMinute: MARKS_PER_MINUTE });

  const applySenderKey = async (request: Distribution): Promise<void> => {
    const { authorJid, item } = request;
    const distribution = item.axolotlSenderKeyDistributionMessage;
    if (!item.groupId || !distribution) return inner.processSenderKeyDistributionMessage(request);
    const [user, device] = inner.jidToSignalProtocolAddress(authorJid).split('.');
    const keyName = `${item.groupId}::${user}::${device}`;
    if (await knowsSenderKey({ keys, keyName, distribution }, deps.library)) return;
    await inner.processSenderKeyDistributionMessage(request);
  };

  /** False when there is none. */
  const takeSenderKey = async (authorJid: string, plain: Uint8Array): Promise<boolean> => {
    try {
      const item = senderKeyIn(plain, deps.library);
      if (item?.groupId) await applySenderKey({ authorJid, item });
      return Boolean(item);
    } catch (err) {
      if (err instanceof AuthStateError) throw err;
      // The step stays taken: the message that needs this key will ask for it again.
      log.warn({ err }, 'sender key not taken in');
      return true;
    }
  };

  const once = async (step: Step): Promise<Uint8Array> => {
    const attrs = stanzas.get(step.ciphertext);
    const { id: waMessageId, from, participant = from } = attrs ?? {};
    if (!attrs || !waMessageId || !participant) return step.run();
    const { encType, lock } = step;
    const author = journalAuthor(participant);
    const hash = journalHash(waMessageId, encType, step.ciphertext);
    const entryOf = (plain: Uint8Array | null): JournalEntry => ({
      id: ids.next(),
      at: clock.now(),
      author,
      encType,
      waMessageId,
      attrs,
      plain,
    });
    const work = async () => {
      const { [hash]: hit } = await journal.get(JOURNAL, [hash]);
      if (hit && hit.author === author) return { plain: hit.plain ?? emptyMessage(), news: null };
      const plain = await step.run();
      const hasSenderKey = encType !== 'skmsg' && (await takeSenderKey(participant, plain));
      await journal.set({ [JOURNAL]: { [hash]: entryOf(plain) } });
      return { plain, news: { waMessageId, isWhole: !hasSenderKey } };
    };
    try {
      const { plain, news } = await keys.transaction(work, lock);
      if (news) deps.onJournalled(news);
      return plain;
    } catch (error) {
      // A store that failed will not take this either, and has closed the socket already.
      if (error instanceof AuthStateError) throw error;
      deps.onUndecryptable({ waMessageId, isFromOwnPhone: attrs.category === 'peer' });
      if (mayMark()) await journal.set({ [JOURNAL]: { [hash]: entryOf(null) } });
      throw error;
    }
  };

  return {
    ...inner,
    decryptMessage(request) {
      const jid = oneSpelling(request.jid);
      const { type: encType, ciphertext } = request;
      const run = async () => {
        await healSession(jid, { keys, repository: inner });
        return inner.decryptMessage({ ...request, jid });
      };
      return once({ ciphertext, encType, lock: jid, run });
    },
    decryptGroupMessage: (request) =>
      once({
        ciphertext: request.msg,
        encType: 'skmsg',
        lock: request.group,
        run: () => inner.decryptGroupMessage(request),
      }),
    processSenderKeyDistributionMessage: (request) =>
      keys.transaction(() => applySenderKey(request), request.item.groupId ?? request.authorJid),
    encryptMessage: (request) => inner.encryptMessage({ ...request, jid: oneSpelling(request.jid) }),
    injectE2ESession: (request) => inner.injectE2ESession({ ...request, jid: oneSpelling(request.jid) }),
  };
}

/**
 * `x@lid` and `x:0@lid` are one Signal address: libsignal would run the work of one spelling inside the transaction of the
 * other, which may be over by then, and use a message key twice.
 */
function oneSpelling(jid: string): string {
  return jid.replace(':0@', '@');
}

/** The sender key a decrypted message carries, if any. Throws when the bytes are no message. */
function senderKeyIn(
  padded: Uint8Array,
  { proto, unpadRandomMax16 }: JournalDeps['library'],
): proto.Message.ISenderKeyDistributionMessage | null | undefined {
  const message = proto.Message.decode(unpadRandomMax16(padded));
  return (message.deviceSentMessage?.message ?? message).senderKeyDistributionMessage;
}
