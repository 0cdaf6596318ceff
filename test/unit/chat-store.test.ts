import { describe, expect, it } from 'vitest';
import { type ChatMessage, createChatStore, type KeptMessage } from '../../src/chat-store/chat-store.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

const PN = '628111@s.whatsapp.net' as Jid;
const LID = '99887766@lid' as Jid;
const OTHER = '628222@s.whatsapp.net' as Jid;

const message = (id: string, at: number, change: Partial<KeptMessage> = {}): KeptMessage => ({
  messageId: id,
  fromMe: false,
  author: null,
  pushName: null,
  type: 'text',
  text: `text of ${id}`,
  quotedMessageId: null,
  at,
  ...change,
});
const inChat = (chat: Jid, kept: KeptMessage, chatAlt: Jid | null = null): ChatMessage => ({
  chat,
  chatAlt,
  message: kept,
});
const open = (maxBytes = 1_000_000) => createChatStore({ maxBytes, initial: null });
const idsIn = (store: ReturnType<typeof open>, chat: Jid) =>
  store.chat(chat)?.messages.map(({ messageId }) => messageId);

describe('the store of a device', () => {
  it('keeps a chat in the order of time, whatever the order of arrival, and each message once', () => {
    const store = open();
    for (const [id, at] of [
      ['b', 2],
      ['c', 3],
      ['a', 1],
      ['b', 2],
    ] as const)
      store.add(inChat(PN, message(id, at)));
    expect(idsIn(store, PN)).toEqual(['a', 'b', 'c']);
  });

  it('makes one chat of a person, in whichever order number and LID become known', () => {
    const together: [ChatMessage, ChatMessage, ChatMessage] = [
      inChat(LID, message('a', 1)),
      inChat(PN, message('b', 2)),
      inChat(LID, message('c', 3), PN),
    ];
    const [a, b, c] = together;
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
      [a, c, b],
    ]) {
      const store = open();
      for (const each of order) store.add(each);
      expect(store.chats()).toHaveLength(1);
      expect(store.chat(PN)).toBe(store.chat(LID));
      expect(store.chat(LID)).toMatchObject({ chat: PN, chatAlt: LID });
      expect(idsIn(store, PN)).toEqual(['a', 'b', 'c']);
    }
  });

  it('stays within its bytes: the oldest messages of all chats go first', () => {
    const store = open(20_000);
    store.add(inChat(OTHER, message('old', 1, { text: 'x'.repeat(1_000) })));
    for (let i = 0; i < 500; i++) {
      store.add(inChat(PN, message(`m${i}`, 10 + i)));
      expect(store.bytes()).toBeLessThanOrEqual(20_000);
    }
    expect(store.chat(OTHER)).toBeNull();
    expect(idsIn(store, PN)?.at(-1)).toBe('m499');
  });

  it('counts the same bytes however it came to its messages', () => {
    const store = open();
    store.add(inChat(LID, message('a', 1)));
    store.add(inChat(PN, message('b', 2), LID));
    store.add(
      inChat(PN, message('e', 3, { type: 'edit', quotedMessageId: 'b', text: 'a longer text than before' })),
    );
    const again = createChatStore({ maxBytes: 1_000_000, initial: store.snapshot() });
    expect(again.bytes()).toBe(store.bytes());
    expect(again.snapshot()).toEqual(store.snapshot());
  });

  it('changes what was edited or revoked by its author, and only by its author', () => {
    const store = open();
    store.add(inChat(PN, message('a', 1)));
    store.add(inChat(PN, message('b', 2)));
    store.add(inChat(PN, message('e', 3, { type: 'edit', quotedMessageId: 'a', text: 'better' })));
    store.add(inChat(PN, message('r', 4, { type: 'revoke', quotedMessageId: 'b', text: null })));
    store.add(
      inChat(PN, message('f', 5, { type: 'edit', quotedMessageId: 'a', text: 'forged', fromMe: true })),
    );
    expect(store.chat(PN)?.messages.map(({ messageId, text }) => [messageId, text])).toEqual([
      ['a', 'better'],
      ['b', null],
      ['f', 'forged'],
    ]);
  });
});
