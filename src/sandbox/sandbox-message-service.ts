import { SAMPLE_FILES } from './sample-files.ts';
import * as answers from './sandbox-answer-schemas.ts';
import type { SimulatorControl } from './simulator-control.ts';

export interface PhoneMessagesWanted {
  readonly direction?: string | undefined;
  readonly peer?: string | undefined;
  readonly chat?: string | undefined;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

export interface SampleMedia {
  readonly to: string;
  readonly kind: 'image' | 'document';
  readonly caption?: string | undefined;
}

export type SandboxMessageService = ReturnType<typeof createSandboxMessageService>;

/** What the owner of a simulated phone reads and writes. Methods throw what SimulatorControl throws. */
export function createSandboxMessageService({ control }: { control: SimulatorControl }) {
  const post = (path: readonly string[], body: object) =>
    control.ask(answers.PhoneMessageSchema, { method: 'POST', path, body });
  const change = (
    phone: string,
    messageId: string,
    how: 'reply' | 'edit' | 'revoke' | 'react',
    body: object,
  ) => post(['phones', phone, 'messages', messageId, how], body);

  return {
    /** Newest first; the id of the last one leads to those before it. */
    async messages(phone: string, { pageSize, cursor, ...filter }: PhoneMessagesWanted) {
      const { messages, total } = await control.ask(answers.SimulatedMessages, {
        method: 'GET',
        path: ['phones', phone, 'messages'],
        query: { ...filter, before: cursor, limit: pageSize + 1 },
      });
      const items = messages.toReversed().slice(0, pageSize);
      const nextCursor = messages.length > pageSize ? (items.at(-1)?.id ?? null) : null;
      return { items, total, pageSize, nextCursor };
    },

    send: (phone: string, body: { readonly to: string; readonly text: string }) =>
      post(['phones', phone, 'send'], body),

    /** Sends a small file of ours. */
    sendMedia: (phone: string, { to, kind, caption }: SampleMedia) =>
      post(['phones', phone, 'send-media'], {
        to,
        kind,
        ...SAMPLE_FILES[kind],
        ...(caption !== undefined && { caption }),
      }),

    reply: (phone: string, messageId: string, body: { readonly text: string; readonly quote: boolean }) =>
      change(phone, messageId, 'reply', body),
    edit: (phone: string, messageId: string, text: string) => change(phone, messageId, 'edit', { text }),
    revoke: (phone: string, messageId: string) => change(phone, messageId, 'revoke', {}),
    react: (phone: string, messageId: string, emoji: string) => change(phone, messageId, 'react', { emoji }),

    /** Senders get read receipts; answers how many messages were meant. */
    read: (phone: string, body: { readonly ids: readonly string[] } | { readonly from: string }) =>
      control.ask(answers.ReadSchema, { method: 'POST', path: ['phones', phone, 'read'], body }),

    /** Null: it answers no more. */
    setAutoReply: (phone: string, reply: { readonly text: string; readonly match: string | null } | null) =>
      control.ask(answers.AutoReplySchema, {
        path: ['phones', phone, 'auto-reply'],
        ...(reply ? { method: 'PUT', body: reply } : { method: 'DELETE' }),
      }),

    setPresence: (phone: string, presence: 'available' | 'unavailable') =>
      control.ask(answers.PresenceSchema, {
        method: 'PUT',
        path: ['phones', phone, 'presence'],
        body: { presence },
      }),

    setTyping: (
      phone: string,
      body: { readonly to: string; readonly state: 'composing' | 'recording' | 'paused' },
    ) => control.ask(answers.TypingSchema, { method: 'POST', path: ['phones', phone, 'typing'], body }),
  };
}
