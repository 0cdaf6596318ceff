import { isLid, type Jid } from '../whatsapp/jid.ts';
import type { MessageMedia } from '../whatsapp/socket.ts';

/** What is known of a file; `id` is that of the received message it can be had by, null where there is none. */
export interface KeptMedia extends MessageMedia {
  readonly id: string | null;
}

/** A message as the store keeps it; goes through JSON. Times in ms since 1970. */
export interface KeptMessage {
  readonly messageId: string;
  readonly fromMe: boolean;
  /** The member who wrote it, in groups. */
  readonly author: string | null;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  /** Left out where there is none. */
  readonly media?: KeptMedia;
  readonly quotedMessageId: string | null;
  readonly at: number;
}

/** A message and the chat it belongs to, under one or both kinds of address. */
export interface ChatMessage {
  readonly chat: Jid;
  readonly chatAlt: Jid | null;
  readonly message: KeptMessage;
}

export interface KeptChat {
  /** The phone-number address where it is known. */
  readonly chat: Jid;
  readonly chatAlt: Jid | null;
  /** Oldest first. */
  readonly messages: readonly KeptMessage[];
}

/** What a store looks like between two runs of the server. */
export interface StoreSnapshot {
  readonly version: 1;
  readonly chats: readonly KeptChat[];
}

/** The newest messages of one device, bounded in bytes: the oldest go first, whichever chat they are in. */
export interface ChatStore {
  /** A message that comes now. Repeats change nothing. An edit or a revoke changes the message it is about. */
  add(message: ChatMessage): void;
  /** Messages of the past, newest first: they stand before those of the same second that are here already. */
  addOlder(messages: readonly ChatMessage[]): void;
  /** The chat under either kind of address; null where nothing is known of it. */
  chat(jid: Jid): KeptChat | null;
  chats(): readonly KeptChat[];
  clear(): void;
  /** About how much the messages take, in bytes. */
  bytes(): number;
  snapshot(): StoreSnapshot;
}

interface OpenChat {
  chat: Jid;
  chatAlt: Jid | null;
  readonly messages: KeptMessage[];
}

/** What a message takes beside its texts. */
const MESSAGE_BYTES = 200;
const MEDIA_BYTES = 150;
/** How much goes at once when the store is full, so that not every message has to look for the oldest. */
const ROOM = 0.1;

export function createChatStore({
  maxBytes,
  initial,
}: {
  maxBytes: number;
  initial: StoreSnapshot | null;
}): ChatStore {
  /** Every address a chat is known under. */
  const byJid = new Map<Jid, OpenChat>();
  let bytes = 0;

  const openChat = ({ chat, chatAlt }: Pick<ChatMessage, 'chat' | 'chatAlt'>): OpenChat => {
    const known = byJid.get(chat);
    const other = chatAlt === null ? undefined : byJid.get(chatAlt);
    const open = known ?? other ?? { chat, chatAlt: null, messages: [] };
    if (known && other && known !== other) absorb(known, other);
    const [first, second] = phoneFirst(chat, chatAlt ?? otherOf(open, chat));
    open.chat = first;
    open.chatAlt = second;
    byJid.set(first, open);
    if (second !== null) byJid.set(second, open);
    return open;
  };

  /** Two chats turned out to be one person. */
  const absorb = (into: OpenChat, from: OpenChat): void => {
    for (const message of from.messages) {
      bytes -= sizeOf(message);
      insert(into, message);
    }
    for (const [jid, chat] of byJid) if (chat === from) byJid.set(jid, into);
  };

  const insert = (chat: OpenChat, message: KeptMessage, at = endOf(chat, message)): void => {
    if (chat.messages.some((kept) => isSame(kept, message))) return;
    chat.messages.splice(at, 0, message);
    bytes += sizeOf(message);
  };

  const makeRoom = (): void => {
    if (bytes <= maxBytes) return;
    const oldest = all()
      .flatMap((chat) => chat.messages.map((message) => ({ chat, message })))
      .sort((one, other) => one.message.at - other.message.at);
    for (const { chat, message } of oldest) {
      if (bytes <= maxBytes * (1 - ROOM)) break;
      chat.messages.splice(chat.messages.indexOf(message), 1);
      bytes -= sizeOf(message);
    }
    for (const [jid, chat] of byJid) if (chat.messages.length === 0) byJid.delete(jid);
  };

  const all = (): OpenChat[] => [...new Set(byJid.values())];

  /** The message an edit or a revoke is about, changed; whoever did not write it changes nothing. */
  const amend = (chat: OpenChat, change: KeptMessage): boolean => {
    const at = chat.messages.findIndex(
      ({ messageId, fromMe, author }) =>
        messageId === change.quotedMessageId && fromMe === change.fromMe && author === change.author,
    );
    const target = chat.messages[at];
    if (!target) return false;
    const amended = change.type === 'edit' ? { ...target, text: change.text } : withoutContent(target);
    chat.messages[at] = amended;
    bytes += sizeOf(amended) - sizeOf(target);
    return true;
  };

  const add = (entry: ChatMessage): void => {
    const chat = openChat(entry);
    const isChange = entry.message.type === 'edit' || entry.message.type === 'revoke';
    if (!isChange || !amend(chat, entry.message)) insert(chat, entry.message);
    makeRoom();
  };

  const addOlder = (entries: readonly ChatMessage[]): void => {
    for (const entry of entries) {
      const chat = openChat(entry);
      const at = chat.messages.findIndex((kept) => kept.at >= entry.message.at);
      insert(chat, entry.message, at === -1 ? chat.messages.length : at);
    }
    makeRoom();
  };

  for (const { chat, chatAlt, messages } of initial?.chats ?? [])
    for (const message of messages) add({ chat, chatAlt, message });

  return {
    add,
    addOlder,
    chat: (jid) => byJid.get(jid) ?? null,
    chats: all,
    clear() {
      byJid.clear();
      bytes = 0;
    },
    bytes: () => bytes,
    snapshot: () => ({ version: 1, chats: all() }),
  };
}

/** After those of the same second: WhatsApp tells no finer time. */
function endOf({ messages }: OpenChat, { at }: KeptMessage): number {
  return messages.findLastIndex((kept) => kept.at <= at) + 1;
}

function isSame(one: KeptMessage, other: KeptMessage): boolean {
  return one.messageId === other.messageId && one.fromMe === other.fromMe && one.author === other.author;
}

function withoutContent({ media: _, ...message }: KeptMessage): KeptMessage {
  return { ...message, text: null };
}

function sizeOf({ text, pushName, media }: KeptMessage): number {
  const words = [text, pushName, media?.mimetype, media?.fileName];
  const letters = words.reduce((sum, word) => sum + (word?.length ?? 0), 0);
  return MESSAGE_BYTES + (media ? MEDIA_BYTES : 0) + 2 * letters;
}

function otherOf({ chat, chatAlt }: OpenChat, jid: Jid): Jid | null {
  return chat === jid ? chatAlt : chat;
}

function phoneFirst(jid: Jid, alt: Jid | null): [Jid, Jid | null] {
  return alt !== null && isLid(jid) ? [alt, jid] : [jid, alt];
}
