import { receivedMediaPath } from '../media/received-media-path.ts';
import { isLid, type Jid, withoutDevice } from '../whatsapp/jid.ts';
import type { MessageMedia } from '../whatsapp/socket.ts';
import type { StoredMessage, StoredReceivedMessage } from './message.ts';

/** A file as callers see it: what its sender says of it, and where it can be had. */
export interface MediaView extends MessageMedia {
  /** Below the address of the server. */
  readonly downloadPath: string;
}

/** A message as callers see it; `messageId` is WhatsApp's id, times are ISO 8601 in UTC. */
export interface MessageView {
  readonly id: string;
  readonly messageId: string;
  readonly direction: 'in' | 'out';
  /** The chat's JID: the phone-number one where it is known. */
  readonly chat: string;
  /** The same chat under the other kind of address, where it is known. */
  readonly chatAlt: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly fromMe: boolean;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly media: MediaView | null;
  readonly quotedMessageId: string | null;
  readonly timestamp: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** `ownJid` is the device's own address, as sender or recipient. */
export function toMessageView(message: StoredMessage, ownJid: Jid | null): MessageView {
  const own = ownJid && withoutDevice(ownJid);
  return message.direction === 'out' ? sentView(message, own) : receivedView(message, own);
}

function sentView(message: Extract<StoredMessage, { direction: 'out' }>, ownJid: Jid | null): MessageView {
  return {
    id: message.id,
    messageId: message.waMessageId,
    direction: 'out',
    chat: message.to,
    chatAlt: null,
    from: ownJid,
    to: message.to,
    fromMe: true,
    pushName: null,
    type: message.kind,
    text: message.text,
    media: null,
    quotedMessageId: null,
    timestamp: (message.ackedAt ?? message.createdAt).toISOString(),
    status: message.status,
    attempts: message.attempts,
    error: message.error,
  };
}

function receivedView(message: Extract<StoredMessage, { direction: 'in' }>, ownJid: Jid | null): MessageView {
  const [chat, chatAlt] = phoneFirst(message.chat, message.chatAlt);
  const author = message.participant
    ? phoneFirst(message.participant, message.participantAlt)[0]
    : message.fromMe
      ? ownJid
      : chat;
  return {
    id: message.id,
    messageId: message.waMessageId,
    direction: 'in',
    chat,
    chatAlt,
    from: author,
    to: message.fromMe ? chat : ownJid,
    fromMe: message.fromMe,
    pushName: message.pushName,
    type: message.type,
    text: message.text,
    media: mediaView(message),
    quotedMessageId: message.quotedWaMessageId,
    timestamp: message.timestamp.toISOString(),
    status: 'received',
    attempts: 0,
    error: null,
  };
}

/** By our own id: strangers choose WhatsApp's, and two messages may have the same. */
function mediaView({ id, deviceId, media }: StoredReceivedMessage): MediaView | null {
  if (!media) return null;
  return { ...media, downloadPath: receivedMediaPath(deviceId, id) };
}

/** People know numbers, not LIDs: the phone-number address stands first where we have it. */
function phoneFirst(jid: Jid, alt: Jid | null): [Jid, Jid | null] {
  return isLid(jid) && alt !== null ? [alt, jid] : [jid, alt];
}
