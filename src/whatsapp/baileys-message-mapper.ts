import type { proto, WAMessage } from '@whiskeysockets/baileys';
import type { WaMessageId } from '../shared/ids.ts';
import { type Jid, parseJid, withoutDevice } from './jid.ts';
import {
  type MediaKeyKind,
  type MediaSecret,
  type MediaSecretFields,
  readMediaSecret,
} from './media-secret.ts';
import { readSealedVote, type SealedVote } from './poll-vote.ts';
import type { MessageMedia, ReceivedMessage } from './socket.ts';

/** What the mapper borrows of Baileys, and who we are. */
export interface MapperContext {
  /** Unwraps disappearing, view-once and edited containers. */
  readonly normalizeMessageContent: (
    content: proto.IMessage | null | undefined,
  ) => proto.IMessage | undefined;
  readonly own: readonly (Jid | null)[];
  readonly now: Date;
}

interface Content {
  readonly type: string;
  readonly text: string | null;
  readonly quotedId: string | null;
  readonly media?: MessageMedia;
  readonly secret?: MediaSecret | null;
  readonly vote?: SealedVote | null;
}

/** A message as Baileys hands it up, in our words; null for what is not a message to anybody (keys, syncs, notices). */
export function toReceivedMessage(message: WAMessage, context: MapperContext): ReceivedMessage | null {
  const { key } = message;
  const content = readContent(context.normalizeMessageContent(message.message));
  const chat = readJid(key.remoteJid);
  if (!content || !chat || !key.id) return null;
  const { secret, vote } = content;
  return {
    waMessageId: key.id as WaMessageId,
    chat,
    chatAlt: otherAddress(key.remoteJidAlt, context.own),
    participant: readJid(key.participant),
    participantAlt: readJid(key.participantAlt),
    fromMe: key.fromMe === true,
    pushName: message.pushName ?? null,
    type: content.type,
    text: content.text,
    media: content.media ?? null,
    mediaSecret: secret ? () => secret : null,
    sealedVote: vote ? () => vote : null,
    quotedWaMessageId: content.quotedId as WaMessageId | null,
    timestamp: readTimestamp(message.messageTimestamp, context.now),
  };
}

/** On copies of our own messages Baileys gives our own address as the chat's other one; that would be a lie. */
function otherAddress(text: string | null | undefined, own: readonly (Jid | null)[]): Jid | null {
  const jid = readJid(text);
  const isOwn = own.some((mine) => mine && withoutDevice(mine) === jid);
  return isOwn ? null : jid;
}

function readJid(text: string | null | undefined): Jid | null {
  const jid = parseJid(text ?? '');
  return jid && withoutDevice(jid);
}

/** The last year a database can store, in seconds. */
const END_OF_TIME = Date.UTC(9999, 0) / 1000;

/** Seconds as a number or as protobuf's Long. */
function readTimestamp(value: WAMessage['messageTimestamp'], now: Date): Date {
  const seconds = typeof value === 'number' ? value : Number(value?.toString());
  return seconds > 0 && seconds < END_OF_TIME ? new Date(seconds * 1000) : now;
}

function readContent(content: proto.IMessage | undefined): Content | null {
  if (!content) return null;
  return readText(content) ?? readMedia(content) ?? readSpecial(content) ?? readOther(content);
}

function readText(content: proto.IMessage): Content | null {
  if (content.conversation) return { type: 'text', text: content.conversation, quotedId: null };
  const extended = content.extendedTextMessage;
  return extended ? withContext('text', extended.text, extended) : null;
}

function readMedia(content: proto.IMessage): Content | null {
  const { imageMessage, videoMessage, ptvMessage, audioMessage, documentMessage, stickerMessage } = content;
  if (imageMessage) return withMedia('image', imageMessage, 'image');
  const video = videoMessage ?? ptvMessage;
  if (video) return withMedia('video', video, 'video');
  if (audioMessage) return withMedia(audioMessage.ptt ? 'voice' : 'audio', audioMessage, 'audio');
  if (documentMessage) return withMedia('document', documentMessage, 'document');
  return stickerMessage ? withMedia('sticker', stickerMessage, 'image') : null;
}

interface MediaCarrier extends MediaSecretFields {
  readonly caption?: string | null;
  readonly mimetype?: string | null;
  readonly fileName?: string | null;
  readonly seconds?: number | null;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly contextInfo?: proto.IContextInfo | null;
}

function withMedia(type: string, carrier: MediaCarrier, kind: MediaKeyKind): Content {
  const media: MessageMedia = {
    mimetype: carrier.mimetype?.slice(0, MAX_MEDIA_WORD) ?? null,
    fileName: carrier.fileName?.slice(0, MAX_MEDIA_WORD) ?? null,
    sizeBytes: countOf(carrier.fileLength),
    seconds: countOf(carrier.seconds),
    width: countOf(carrier.width),
    height: countOf(carrier.height),
  };
  return { ...withContext(type, carrier.caption, carrier), media, secret: readMediaSecret(kind, carrier) };
}

/** Strangers choose these words. */
const MAX_MEDIA_WORD = 255;

/** A count as a number or as protobuf's Long; null for none and for what is none. */
function countOf(value: { toString(): string } | null | undefined): number | null {
  const count = Number(value?.toString());
  return Number.isSafeInteger(count) && count > 0 ? count : null;
}

/** Messages about messages, and the small structured kinds. */
function readSpecial(content: proto.IMessage): Content | null {
  const { reactionMessage, protocolMessage, locationMessage, liveLocationMessage, contactMessage } = content;
  if (reactionMessage) {
    return {
      type: 'reaction',
      text: reactionMessage.text ?? null,
      quotedId: reactionMessage.key?.id ?? null,
    };
  }
  if (protocolMessage) return readProtocolMessage(protocolMessage);
  const location = locationMessage ?? liveLocationMessage;
  if (location) return withContext('location', null, location);
  if (contactMessage) return withContext('contact', contactMessage.displayName, contactMessage);
  const contacts = content.contactsArrayMessage;
  if (contacts) return withContext('contact', contacts.displayName, contacts);
  const poll = content.pollCreationMessage ?? content.pollCreationMessageV2 ?? content.pollCreationMessageV3;
  if (poll) return withContext('poll', poll.name, poll);
  const update = content.pollUpdateMessage;
  return update ? readVote(update) : null;
}

/** What was chosen can be read only where the poll is known. */
function readVote(update: proto.Message.IPollUpdateMessage): Content {
  const quotedId = update.pollCreationMessageKey?.id ?? null;
  return { type: 'poll_vote', text: null, quotedId, vote: readSealedVote(update) };
}

/** 0 is REVOKE and 14 MESSAGE_EDIT in WAProto; everything else is talk between a phone and its devices. */
function readProtocolMessage({ type, key, editedMessage }: proto.Message.IProtocolMessage): Content | null {
  const quotedId = key?.id ?? null;
  if (type === 0) return { type: 'revoke', text: null, quotedId };
  if (type !== 14) return null;
  const edited = editedMessage && (readText(editedMessage) ?? readMedia(editedMessage));
  return { type: 'edit', text: edited?.text ?? null, quotedId };
}

/** A kind we have no words for is still a message; one that only carries keys is not. */
function readOther(content: proto.IMessage): Content | null {
  const kinds = Object.entries(content).filter(
    ([name, value]) => value != null && !NOT_CONTENT.has(name) && name.endsWith('Message'),
  );
  return kinds.length > 0 ? { type: 'other', text: null, quotedId: null } : null;
}

const NOT_CONTENT = new Set([
  'protocolMessage',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
]);

function withContext(
  type: string,
  text: string | null | undefined,
  carrier: { contextInfo?: proto.IContextInfo | null },
): Content {
  return { type, text: text ?? null, quotedId: carrier.contextInfo?.stanzaId ?? null };
}
