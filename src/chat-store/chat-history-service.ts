import type { Device } from '../devices/device.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { isGroup, type Jid } from '../whatsapp/jid.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import { type ChatMessageView, toChatMessage, toChatMessageView } from './chat-message.ts';
import {
  type ChatMessage,
  type ChatStore,
  createChatStore,
  type KeptChat,
  type KeptMessage,
} from './chat-store.ts';
import type { ChatStores } from './chat-stores.ts';

/** From where a phone is to tell older messages: nothing known means from now. */
export interface OlderThan {
  readonly waMessageId: WaMessageId;
  readonly fromMe: boolean;
  readonly at: Date;
}

/** The devices with their sockets, as far as history needs them. */
export interface LiveDevices {
  /** Whether the device is connected in this process. */
  isConnected(deviceId: DeviceId): boolean;
  isRunElsewhere(deviceId: DeviceId): Promise<boolean>;
  /** Resolves when the first sync is through, or after `waitMs`. */
  whenSynced(deviceId: DeviceId, waitMs: number): Promise<void>;
  /** Throws DEVICE_NOT_CONNECTED, and WHATSAPP_UNAVAILABLE when the phone does not answer. */
  askPhone(
    deviceId: DeviceId,
    request: { chat: Jid; olderThan: OlderThan | null; count: number },
  ): Promise<ReceivedMessage[]>;
}

export interface ChatHistoryRequest {
  readonly deviceId: DeviceId;
  readonly chat: Jid;
  readonly limit: number;
  /** Only messages older than the one with this WhatsApp id. */
  readonly before: string | undefined;
  readonly source: 'auto' | 'server' | 'store';
  readonly waitMs: number;
}

export interface ChatHistory {
  readonly chat: string;
  readonly chatAlt: string | null;
  /** Where the messages came from. */
  readonly source: 'store' | 'server' | 'both';
  /** There is nothing older than what is told. */
  readonly complete: boolean;
  /** Newest first. */
  readonly items: ChatMessageView[];
  /** The `before` of the next page; null when `complete`. */
  readonly nextBefore: string | null;
}

export interface DailyChat {
  readonly chat: string;
  readonly chatAlt: string | null;
  readonly isGroup: boolean;
  readonly name: string | null;
  readonly messageCount: number;
  readonly lastMessage: ChatMessageView;
}

export interface DailyChatsRequest {
  readonly deviceId: DeviceId;
  /** The day, from its first moment to the first one after it. */
  readonly day: { readonly from: Date; readonly to: Date };
  readonly groups: 'included' | 'left-out';
  readonly limit: number;
  readonly offset: number;
}

interface ServiceDeps {
  readonly devices: { find(deviceId: DeviceId): Promise<Pick<Device, 'jid' | 'deviceId'> | null> };
  readonly stores: Pick<ChatStores, 'open' | 'addOlder'>;
  readonly live: LiveDevices;
}

/** What asking the phone came to. */
interface PhoneAnswer {
  readonly kind: 'nothing-older' | 'more' | 'not-asked';
  readonly told: readonly ChatMessage[];
}

const NOT_ASKED: PhoneAnswer = { kind: 'not-asked', told: [] };

/** Messages a caller may page on from although the store forgot them. */
const KEPT_ANCHORS = 10_000;

export type ChatHistoryService = ReturnType<typeof createChatHistoryService>;

/** What was said in the chats of a live device. Every method throws DEVICE_NOT_FOUND, and DEVICE_OWNED_ELSEWHERE. */
export function createChatHistoryService({ devices, stores, live }: ServiceDeps) {
  const anchors = new Map<string, KeptMessage>();

  async function open(
    deviceId: DeviceId,
  ): Promise<{ device: Pick<Device, 'jid' | 'deviceId'>; store: ChatStore }> {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    if (await live.isRunElsewhere(deviceId)) throw new AppError('DEVICE_OWNED_ELSEWHERE', { deviceId });
    return { device, store: await stores.open(deviceId) };
  }

  /** The chat alone, with what the phone told even where the bounded store has no room for it. */
  async function complemented(request: ChatHistoryRequest, store: ChatStore) {
    const { deviceId, limit, source } = request;
    const known = store.chat(request.chat);
    const chat = known?.chat ?? request.chat;
    const whole = createChatStore({
      maxBytes: Number.POSITIVE_INFINITY,
      initial: { version: 1, chats: known ? [known] : [] },
    });
    const before = anchorOf(known, request);
    const here = pageOf(known, { before, limit });
    const isEnough = here.length >= limit || !live.isConnected(deviceId);
    if (source === 'store' || (source === 'auto' && isEnough)) return { whole, before, answer: NOT_ASKED };
    const have = source === 'server' ? [] : here;
    const older = toOlderThan(have[0] ?? before);
    const count = limit - have.length;
    const answer = await ask({ ...request, chat }, { olderThan: older, count });
    whole.addOlder(answer.told);
    return { whole, before, answer };
  }

  async function ask(
    { deviceId, chat, source }: ChatHistoryRequest,
    { olderThan, count }: { olderThan: OlderThan | null; count: number },
  ): Promise<PhoneAnswer> {
    try {
      const told = newestFirst(await live.askPhone(deviceId, { chat, olderThan, count })).map(toChatMessage);
      stores.addOlder(deviceId, told);
      for (const { message } of told) remember(`${deviceId}/${message.messageId}`, message);
      return { kind: told.length < count ? 'nothing-older' : 'more', told };
    } catch (error) {
      // Whoever asked for both still gets what is here.
      if (source === 'auto' && error instanceof AppError) return NOT_ASKED;
      throw error;
    }
  }

  function remember(name: string, message: KeptMessage): void {
    anchors.set(name, message);
    const [oldest] = anchors.keys();
    if (anchors.size > KEPT_ANCHORS && oldest !== undefined) anchors.delete(oldest);
  }

  /** The message to go on before; null for the newest page. Throws MESSAGE_NOT_FOUND. */
  function anchorOf(known: KeptChat | null, { deviceId, before }: ChatHistoryRequest): KeptMessage | null {
    if (before === undefined) return null;
    const found =
      known?.messages.find(({ messageId }) => messageId === before) ?? anchors.get(`${deviceId}/${before}`);
    if (!found) throw new AppError('MESSAGE_NOT_FOUND', { messageId: before });
    return found;
  }

  return {
    /** Throws MESSAGE_NOT_FOUND for an unknown `before`, and what `askPhone` throws where only the phone was asked. */
    async history(request: ChatHistoryRequest): Promise<ChatHistory> {
      const { deviceId, limit, source } = request;
      const { device, store } = await open(deviceId);
      await live.whenSynced(deviceId, request.waitMs);
      const { whole, before, answer } = await complemented(request, store);
      const known = whole.chat(request.chat);
      const messages = pageOf(known, { before, limit });
      const complete = answer.kind === 'nothing-older' && isFirst(known, messages);
      const chat = known?.chat ?? request.chat;
      const items = messages.map((message) => toChatMessageView({ chat }, message, device)).reverse();
      return {
        chat,
        chatAlt: known?.chatAlt ?? null,
        source: answer.kind === 'not-asked' ? 'store' : source === 'server' ? 'server' : 'both',
        complete,
        items,
        nextBefore: complete ? null : (items.at(-1)?.messageId ?? null),
      };
    },

    /** Chats with a message on that day, the liveliest first. */
    async dailyChats({ deviceId, day, groups, limit, offset }: DailyChatsRequest) {
      const { device, store } = await open(deviceId);
      const found = store
        .chats()
        .flatMap((chat) => {
          if (groups === 'left-out' && isGroup(chat.chat)) return [];
          const messages = chat.messages.filter(
            ({ at }) => at >= day.from.getTime() && at < day.to.getTime(),
          );
          const last = messages.at(-1);
          return last ? [toDailyChat(chat, { count: messages.length, last, device })] : [];
        })
        .sort((one, other) => (one.lastMessage.timestamp < other.lastMessage.timestamp ? 1 : -1));
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
  };
}

/** The newest `limit` messages before one, oldest first. */
function pageOf(
  chat: KeptChat | null,
  { before, limit }: { before: KeptMessage | null; limit: number },
): readonly KeptMessage[] {
  const all = chat?.messages ?? [];
  const at = before ? all.findIndex(({ messageId }) => messageId === before.messageId) : all.length;
  // Of a message the store has no room for, only the time is known.
  const end = at === -1 ? all.findIndex((message) => message.at >= (before?.at ?? 0)) : at;
  return all.slice(Math.max(end - limit, 0), Math.max(end, 0));
}

function newestFirst(messages: readonly ReceivedMessage[]): ReceivedMessage[] {
  return messages.toSorted((one, other) => other.timestamp.getTime() - one.timestamp.getTime());
}

function isFirst(chat: KeptChat | null, messages: readonly KeptMessage[]): boolean {
  return messages.length === 0 || chat?.messages[0]?.messageId === messages[0]?.messageId;
}

function toOlderThan(message: KeptMessage | null): OlderThan | null {
  if (message === null) return null;
  const { messageId, fromMe, at } = message;
  return { waMessageId: messageId as WaMessageId, fromMe, at: new Date(at) };
}

function toDailyChat(
  chat: KeptChat,
  { count, last, device }: { count: number; last: KeptMessage; device: Pick<Device, 'jid' | 'deviceId'> },
): DailyChat {
  const name = chat.messages.findLast(({ fromMe, pushName }) => !fromMe && pushName)?.pushName ?? null;
  return {
    chat: chat.chat,
    chatAlt: chat.chatAlt,
    isGroup: isGroup(chat.chat),
    name: isGroup(chat.chat) ? null : name,
    messageCount: count,
    lastMessage: toChatMessageView(chat, last, device),
  };
}
