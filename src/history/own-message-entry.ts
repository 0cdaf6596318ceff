import type { Statement } from '../database/database.ts';
import { contentOf } from '../outbox/outbox-content.ts';
import type { OutboundMessage } from '../outbox/outbox-message.ts';
import type { DeviceId } from '../shared/ids.ts';
import { isLid } from '../whatsapp/jid.ts';
import type { MessageName, OutgoingContent } from '../whatsapp/outgoing.ts';
import type { MessageMedia, ReceivedMessage } from '../whatsapp/socket.ts';
import {
  type Account,
  type HistoryEntry,
  type NumberBehind,
  numberJid,
  toHistoryEntry,
} from './history-entry.ts';
import type { HistoryRepository } from './history-repository.ts';
import { chatNotes } from './history-writer.ts';
import type { IdentityBook } from './identity-book.ts';
import type { OwnMessage } from './own-message-repository.ts';

interface OwnBatch {
  readonly messages: readonly OwnMessage[];
  readonly account: Account;
  readonly repository: HistoryRepository;
  readonly identities: IdentityBook;
  readonly at: Date;
}

/** What keeps messages of ours in history; may be repeated. To be asked for and written in the device's turn. */
export async function statementsForOwn(deviceId: DeviceId, batch: OwnBatch): Promise<Statement[]> {
  const { messages, account, repository, identities, at } = batch;
  const lids = messages.flatMap(({ message: { to } }) => (isLid(to) ? [to] : []));
  const { numberBehind } = await identities.read(deviceId, { lids, news: [], account });
  const entryOf = ({ message }: OwnMessage) => toEntry(message, { account, numberBehind, storedAt: at });
  const plain = messages.filter(({ message }) => !CHANGES.has(message.kind));
  const entries = plain.map(entryOf);
  const notes = chatNotes(
    entries,
    (entry) => plain.find(({ message }) => message.id === entry.id)?.message.to ?? null,
  );
  return [
    ...entries.flatMap((entry) => keepAndAdvance(entry, repository)),
    ...messages.flatMap((own) => changeBy(own.message, entryOf(own), repository)),
    ...(notes.length > 0 ? [repository.chats(notes, 'guessed')] : []),
  ];
}

const CHANGES: ReadonlySet<string> = new Set(['edit', 'revoke', 'reaction']);

function toEntry(
  message: OutboundMessage,
  context: { account: Account; numberBehind: NumberBehind; storedAt: Date },
): HistoryEntry {
  const { id, deviceId, waMessageId, to, kind, text, ackedAt, deliveredAt, readAt, sendingAt, createdAt } =
    message;
  const content = contentOf(message);
  const received: ReceivedMessage = {
    waMessageId,
    chat: to,
    chatAlt: null,
    participant: null,
    participantAlt: null,
    fromMe: true,
    pushName: null,
    type: kind,
    text,
    media: mediaOf(content),
    quotedWaMessageId: 'quoted' in content ? (content.quoted?.waMessageId ?? null) : null,
    timestamp: ackedAt ?? deliveredAt ?? readAt ?? sendingAt ?? createdAt,
  };
  const entry = toHistoryEntry(received, { ...context, id, deviceId, source: 'own' });
  const { status } = message;
  const isProven = status === 'delivered' || status === 'read' || status === 'played';
  return { ...entry, status: isProven ? status : 'server_ack' };
}

/** A file that was sent is described as one that came. */
function mediaOf(content: OutgoingContent): MessageMedia | null {
  if (!('media' in content)) return null;
  const { mimetype, fileName, sizeBytes, seconds, width, height } = content.media;
  return { mimetype, fileName, sizeBytes, seconds, width, height };
}

function keepAndAdvance(entry: HistoryEntry, repository: HistoryRepository): Statement[] {
  return [repository.keep(entry), repository.advanceTo(entry)];
}

/** An edit, a revoke or a reaction of ours; what it changes is named in its content. */
function changeBy(message: OutboundMessage, entry: HistoryEntry, repository: HistoryRepository): Statement[] {
  const content = contentOf(message);
  switch (content.kind) {
    case 'edit':
      return repository.edit({ ...named(entry, content.target), text: content.text, editedAt: entry.at });
    case 'revoke':
      return repository.revoke({ ...named(entry, content.target), text: null, revokedAt: entry.at });
    case 'reaction': {
      const emoji = content.emoji === '' ? null : content.emoji;
      const author = numberJid(entry.ownNumber);
      return [repository.react({ ...entry, waMessageId: content.target.waMessageId }, { author, emoji })];
    }
    default:
      return [];
  }
}

/** The identity of the message that is changed. */
function named(entry: HistoryEntry, { waMessageId, fromMe, participant }: MessageName): HistoryEntry {
  return {
    ...entry,
    waMessageId,
    quotedId: null,
    direction: fromMe ? 'out' : 'in',
    participant: fromMe ? null : participant,
  };
}
