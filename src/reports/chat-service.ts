import type { StorageRule } from '../allowed-numbers/allowed-number.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Chat, ChatFilter, ChatPosition, ChatRepository } from './chat-repository.ts';
import { type HistoryView, toHistoryView } from './history-view.ts';
import type { Cursors, Page, Paging } from './page-cursor.ts';
import type { RecordService, Viewer } from './record-service.ts';

/** A chat of a device as callers see it. */
export interface ChatView {
  readonly chat: string;
  readonly name: string | null;
  readonly isGroup: boolean;
  readonly lastMessageAt: string;
  readonly lastMessage: HistoryView | null;
  readonly waiting: number;
}

export interface ChatServiceDeps {
  chats: ChatRepository;
  records: Pick<RecordService, 'find' | 'view'>;
  /** What is kept of what the device says and is told. */
  keepsOf(device: { deviceId: DeviceId; whatsappNumber: string | null }): Promise<StorageRule>;
  cursors: Cursors;
}

export type ChatService = ReturnType<typeof createChatService>;

/** The chats of a device, as far as they are in history. Throws DEVICE_NOT_FOUND, CURSOR_INVALID. */
export function createChatService({ chats, records, keepsOf, cursors }: ChatServiceDeps) {
  return {
    /** The latest first; `keeps` says whether new messages come to them. */
    async list(
      { record, text }: { readonly record: string; readonly text: string | undefined },
      viewer: Viewer,
      { page, pageSize, cursor }: Paging,
    ): Promise<Page<ChatView> & { readonly keeps: StorageRule }> {
      const { deviceId } = await records.find(record, viewer);
      const { whatsappNumber } = await records.view(deviceId, viewer);
      const filter: ChatFilter = { deviceId, text };
      const question = `chats ${JSON.stringify(filter)}`;
      const mark = cursor === undefined ? null : readMark(cursors.open(question, cursor));
      const total = mark?.total ?? (await chats.count(filter));
      const offset = mark ? 0 : (page - 1) * pageSize;
      const found = await chats.slice(filter, { after: mark?.position, offset, limit: pageSize + 1 });
      const shown = found.slice(0, pageSize);
      const last = found.length > pageSize ? shown.at(-1) : undefined;
      const nextCursor = last ? cursors.seal(question, [last.lastAt.getTime(), last.chat, total]) : null;
      return {
        items: shown.map(toChatView),
        total,
        page,
        pageSize,
        nextCursor,
        keeps: await keepsOf({ deviceId, whatsappNumber }),
      };
    },
  };
}

function readMark([at, chat, total]: readonly (string | number)[]): {
  position: ChatPosition;
  total: number;
} {
  return { position: { lastAt: new Date(Number(at)), chat: String(chat) }, total: Number(total) };
}

function toChatView({ chat, name, isGroup, lastAt, last, waiting }: Chat): ChatView {
  return {
    chat,
    name,
    isGroup,
    lastMessageAt: lastAt.toISOString(),
    lastMessage: last && toHistoryView(last),
    waiting,
  };
}
