import type { StorageRule } from '../allowed-numbers/allowed-number.ts';
import { clip } from '../database/columns.ts';
import type { Statement } from '../database/database.ts';
import type { StoredReceivedMessage } from '../messages/message.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { isLid, type Jid } from '../whatsapp/jid.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import {
  type Account,
  belongsInHistory,
  type HistoryEntry,
  numberJid,
  toHistoryEntry,
} from './history-entry.ts';
import type { HistoryRepository, ReceivedName } from './history-repository.ts';
import type { ChatNote } from './history-statements.ts';
import { type IdentityBook, toIdentity } from './identity-book.ts';

/** What a device received, to be kept. */
export interface HistoryBatch {
  /** Null: our own number is not known. */
  readonly account: Account | null;
  readonly messages: readonly StoredReceivedMessage[];
  readonly rule: StorageRule;
}

interface WriterDeps {
  readonly repository: HistoryRepository;
  readonly identities: IdentityBook;
}

export interface HistoryWriter {
  /**
   * The statements that keep a batch in history, for the transaction that stores the batch; to be asked for and written in the
   * device's turn. With another rule than `history` only who is who. Throws what Database throws.
   */
  statementsFor(deviceId: DeviceId, batch: HistoryBatch): Promise<Statement[]>;
}

/** Kinds of messages that say something about another one. */
const ABOUT_OTHERS: ReadonlySet<string> = new Set(['edit', 'revoke', 'reaction']);

export function createHistoryWriter({ repository, identities }: WriterDeps): HistoryWriter {
  return {
    async statementsFor(deviceId, { account, messages, rule }) {
      const { numberBehind, statements } = await identities.read(deviceId, {
        lids: messages.flatMap(lidsIn),
        news: messages.flatMap(identitiesIn),
        account,
      });
      if (rule !== 'history' || account === null) return statements;
      const fresh = await unreceived(deviceId, messages.filter(belongsInHistory));
      if (fresh.length === 0) return statements;
      const entries = fresh.map((message) =>
        toHistoryEntry(message, {
          id: message.id,
          deviceId,
          account,
          numberBehind,
          source: 'live',
          storedAt: message.receivedAt,
        }),
      );
      const targets = fresh.flatMap(({ type, quotedWaMessageId: id }) =>
        type === 'reaction' && id ? [id] : [],
      );
      const kept = new Set<string>(await repository.keptAmong(deviceId, targets));
      for (const { waMessageId } of entries) kept.add(waMessageId);
      const notes = chatNotes(entries, (entry) => lidOf(fresh.find(({ id }) => id === entry.id)));
      return [
        ...statements,
        ...inOrder(entries, { kept, repository }),
        ...(notes.length > 0 ? [repository.chats(notes, 'guessed')] : []),
      ];
    },
  };

  /** Those that WhatsApp did not deliver before. */
  async function unreceived(deviceId: DeviceId, messages: readonly StoredReceivedMessage[]) {
    const ids = [...new Set(messages.map(({ waMessageId }) => waMessageId))];
    const seen = new Set((await repository.receivedUnder(deviceId, ids)).map(nameOf));
    return messages.filter((message) => {
      const name = nameOf({
        chat: clip(message.chat, 96),
        participant: clip(message.participant ?? '', 96),
        fromMe: message.fromMe,
        waMessageId: clip(message.waMessageId, 64),
      });
      if (seen.has(name)) return false;
      seen.add(name);
      return true;
    });
  }
}

function nameOf({ chat, participant, fromMe, waMessageId }: ReceivedName): string {
  return JSON.stringify([chat, participant, fromMe, waMessageId]);
}

/** The hidden ids a message comes under. */
export function lidsIn({ chat, participant }: ReceivedMessage): Jid[] {
  return [chat, participant].flatMap((jid) => (jid && isLid(jid) ? [jid] : []));
}

/** What a message says about who is who. */
export function identitiesIn({ chat, chatAlt, participant, participantAlt }: ReceivedMessage) {
  return [toIdentity(chat, chatAlt), toIdentity(participant, participantAlt)].flatMap((each) => each ?? []);
}

function lidOf(message: ReceivedMessage | undefined): Jid | null {
  return [message?.chat, message?.chatAlt].find((jid) => jid && isLid(jid)) ?? null;
}

interface StatementDeps {
  /** The WhatsApp ids of messages that are there, or will be. */
  readonly kept: ReadonlySet<string>;
  readonly repository: HistoryRepository;
}

/** Messages together where they follow each other; what says something about one of them keeps its place. */
function inOrder(entries: readonly HistoryEntry[], deps: StatementDeps): Statement[] {
  const statements: Statement[] = [];
  let together: HistoryEntry[] = [];
  const keep = () => {
    statements.push(...deps.repository.keepAll(together));
    together = [];
  };
  for (const entry of entries) {
    if (targetOf(entry) === null) {
      together.push(entry);
      continue;
    }
    keep();
    statements.push(...statementsOf(entry, deps));
  }
  keep();
  return statements;
}

/** The message that an edit, a revoke or a reaction is about. */
function targetOf({ type, quotedId }: HistoryEntry): WaMessageId | null {
  return ABOUT_OTHERS.has(type) ? quotedId : null;
}

/** An edit or a revoke is believed of the author only: its identity is the author's, under the id of the message. */
function statementsOf(entry: HistoryEntry, { kept, repository }: StatementDeps): Statement[] {
  const target = targetOf(entry);
  if (target === null) return [repository.keep(entry)];
  const about = { ...entry, waMessageId: target, quotedId: null };
  switch (entry.type) {
    case 'edit':
      return repository.edit({ ...about, editedAt: entry.at });
    case 'revoke':
      return repository.revoke({ ...about, text: null, media: null, revokedAt: entry.at });
    default: {
      const author =
        entry.direction === 'out' ? numberJid(entry.ownNumber) : (entry.participant ?? entry.chat);
      const emoji = entry.text === '' ? null : entry.text;
      // Its message may come later, or never: then the reaction stands for itself.
      if (!kept.has(target)) return emoji === null ? [] : [repository.keep(entry)];
      return [repository.react(about, { author, emoji })];
    }
  }
}

/** One note for each chat: the last message in it. */
export function chatNotes(
  entries: readonly HistoryEntry[],
  lidOfEntry: (entry: HistoryEntry) => Jid | null,
): ChatNote[] {
  const notes = new Map<Jid, ChatNote>();
  for (const entry of entries) {
    const isAboutAnother = ABOUT_OTHERS.has(entry.type) || entry.type === 'poll_vote';
    if (isAboutAnother && entry.quotedId !== null) continue;
    const before = notes.get(entry.chat);
    const last = { id: entry.id, at: entry.at };
    const isNewer = !before?.last || before.last.at <= entry.at;
    notes.set(entry.chat, {
      deviceId: entry.deviceId,
      chat: entry.chat,
      lid: before?.lid ?? lidOfEntry(entry),
      name: before?.name ?? (entry.isGroup ? null : entry.pushName),
      isGroup: entry.isGroup,
      last: isNewer ? last : before.last,
      at: entry.storedAt,
    });
  }
  return [...notes.values()];
}
