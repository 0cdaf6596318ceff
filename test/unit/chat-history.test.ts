import { describe, expect, it } from 'vitest';
import {
  type ChatHistoryRequest,
  createChatHistoryService,
  type LiveDevices,
} from '../../src/chat-store/chat-history-service.ts';
import { type ChatMessage, createChatStore } from '../../src/chat-store/chat-store.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { ReceivedMessage } from '../../src/whatsapp/socket.ts';

const CHAT = '628111@s.whatsapp.net' as Jid;
const DEVICE = 'shop' as DeviceId;

const received = (at: number): ReceivedMessage => ({
  waMessageId: `m${at}` as WaMessageId,
  chat: CHAT,
  chatAlt: null,
  participant: null,
  participantAlt: null,
  fromMe: false,
  pushName: null,
  type: 'text',
  text: `text ${at}`,
  quotedWaMessageId: null,
  timestamp: new Date(at * 1000),
});

/** A phone with messages 1 to 30, of which the store has the newest ten. */
function world(live: Partial<LiveDevices> = {}) {
  const store = createChatStore({ maxBytes: 1_000_000, initial: null });
  const asked: number[] = [];
  const stores = {
    open: async () => store,
    addOlder: (_: DeviceId, messages: readonly ChatMessage[]) => store.addOlder(messages),
  };
  const service = createChatHistoryService({
    devices: { find: async () => ({ deviceId: DEVICE, jid: null }) },
    stores,
    live: {
      isConnected: () => true,
      isRunElsewhere: async () => false,
      whenSynced: async () => {},
      async askPhone(_, { olderThan, count }) {
        asked.push(count);
        const end = olderThan ? Math.round(olderThan.at.getTime() / 1000) - 1 : 30;
        const from = Math.max(end - count + 1, 1);
        return Array.from({ length: end - from + 1 }, (_, index) => received(from + index));
      },
      ...live,
    },
  });
  const ask = (change: Partial<ChatHistoryRequest>) =>
    service.history({
      deviceId: DEVICE,
      chat: CHAT,
      limit: 20,
      before: undefined,
      source: 'auto',
      waitMs: 0,
      ...change,
    });
  return { store, stores, service, ask, asked };
}

function withNewest(live: Partial<LiveDevices> = {}) {
  const made = world(live);
  for (let at = 21; at <= 30; at++)
    made.store.add({
      chat: CHAT,
      chatAlt: null,
      message: {
        messageId: `m${at}`,
        fromMe: false,
        author: null,
        pushName: null,
        type: 'text',
        text: `text ${at}`,
        quotedMessageId: null,
        at: at * 1000,
      },
    });
  return made;
}

const idsOf = ({ items }: { items: readonly { messageId: string }[] }) => items.map((item) => item.messageId);
const range = (newest: number, oldest: number) =>
  Array.from({ length: newest - oldest + 1 }, (_, index) => `m${newest - index}`);

describe('chat history', () => {
  it('of the store asks no phone', async () => {
    const { ask, asked } = withNewest();
    const answer = await ask({ source: 'store' });
    expect(idsOf(answer)).toEqual(range(30, 21));
    expect(answer).toMatchObject({ source: 'store', complete: false });
    expect(asked).toEqual([]);
  });

  it('asks the phone for what the store lacks, and pages on to the first message', async () => {
    const { ask, asked } = withNewest();
    const first = await ask({});
    expect(idsOf(first)).toEqual(range(30, 11));
    expect(first).toMatchObject({ source: 'both', complete: false, nextBefore: 'm11' });
    expect(asked).toEqual([10]);
    const second = await ask({ before: 'm11' });
    expect(idsOf(second)).toEqual(range(10, 1));
    expect(second).toMatchObject({ complete: true, nextBefore: null });
  });

  it('asks no phone when the store has the whole page', async () => {
    const { ask, asked } = withNewest();
    expect(idsOf(await ask({ limit: 5 }))).toEqual(range(30, 26));
    expect(asked).toEqual([]);
  });

  it('shows what the phone told even where the store has no room for it', async () => {
    const made = world();
    const tiny = createChatStore({ maxBytes: 500, initial: null });
    made.stores.open = async () => tiny;
    made.stores.addOlder = (_, messages) => tiny.addOlder(messages);
    const first = await made.ask({ source: 'server' });
    expect(idsOf(first)).toEqual(range(30, 11));
    expect(idsOf(await made.ask({ before: 'm11' }))).toEqual(range(10, 1));
  });

  it('answers from the store when the phone is silent, unless only the phone was asked', async () => {
    const silent = { askPhone: async () => Promise.reject(new AppError('WHATSAPP_UNAVAILABLE')) };
    const { ask } = withNewest(silent);
    expect(await ask({})).toMatchObject({ source: 'store', complete: false });
    await expect(ask({ source: 'server' })).rejects.toThrow(
      expect.objectContaining({ code: 'WHATSAPP_UNAVAILABLE' }),
    );
  });

  it('says that a message to go on from is unknown', async () => {
    const { ask } = withNewest();
    await expect(ask({ before: 'nobody' })).rejects.toThrow(
      expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }),
    );
  });

  it('lists the chats of a day, and only those', async () => {
    const { service } = withNewest();
    const day = { from: new Date(25_000), to: new Date(28_000) };
    const of = { deviceId: DEVICE, groups: 'left-out', limit: 10, offset: 0 } as const;
    const { items, total } = await service.dailyChats({ ...of, day });
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ chat: CHAT, messageCount: 3, lastMessage: { messageId: 'm27' } });
    const later = { from: new Date(90_000), to: new Date(91_000) };
    expect(await service.dailyChats({ ...of, day: later })).toMatchObject({ items: [], total: 0 });
  });
});
