import { receivedMediaPath } from '../media/received-media-path.ts';
import type { DeviceId } from '../shared/ids.ts';
import { type Jid, withoutDevice } from '../whatsapp/jid.ts';
import type { MessageMedia, ReceivedMessage } from '../whatsapp/socket.ts';
import type { ChatMessage, KeptChat, KeptMessage } from './chat-store.ts';

/** A message of a chat as callers see it: the shape every message has, as far as a store knows it. */
export interface ChatMessageView {
  readonly messageId: string;
  readonly chat: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly fromMe: boolean;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  /** `downloadPath` null: it came from the phone's history only. */
  readonly media: (MessageMedia & { readonly downloadPath: string | null }) | null;
  readonly quotedMessageId: string | null;
  readonly timestamp: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: null;
}

/** `id`: of the row the message is in, where it is in one. */
export function toChatMessage(received: ReceivedMessage & { readonly id?: string }): ChatMessage {
  const { chat, chatAlt, fromMe, pushName, type, text, media, timestamp, id = null } = received;
  return {
    chat,
    chatAlt,
    message: {
      messageId: received.waMessageId,
      fromMe,
      author: fromMe ? null : (received.participantAlt ?? received.participant),
      pushName,
      type,
      text,
      ...(media && { media: { ...media, id } }),
      quotedMessageId: received.quotedWaMessageId,
      at: timestamp.getTime(),
    },
  };
}

export function toChatMessageView(
  { chat }: Pick<KeptChat, 'chat'>,
  message: KeptMessage,
  { jid: ownJid, deviceId }: { readonly jid: Jid | null; readonly deviceId: DeviceId },
): ChatMessageView {
  const { messageId, fromMe, author, pushName, type, text, quotedMessageId, at } = message;
  const own = ownJid && withoutDevice(ownJid);
  return {
    messageId,
    chat,
    from: fromMe ? own : (author ?? chat),
    to: fromMe ? chat : own,
    fromMe,
    pushName,
    type,
    text,
    media: mediaView(message, deviceId),
    quotedMessageId,
    timestamp: new Date(at).toISOString(),
    status: fromMe ? 'server_ack' : 'received',
    attempts: 0,
    error: null,
  };
}

function mediaView({ media }: KeptMessage, deviceId: DeviceId): ChatMessageView['media'] {
  if (!media) return null;
  const { id, ...known } = media;
  return { ...known, downloadPath: id === null ? null : receivedMediaPath(deviceId, id) };
}
