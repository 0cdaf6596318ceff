import { signal } from '@preact/signals';
import type { HistoryMessage } from '../../api/history-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { type ApiError, toApiError } from '../../lib/api-error.ts';
import { browserClock } from '../../lib/clock.ts';
import type { LiveFrame } from '../../lib/live-stream.ts';
import { api } from '../../lib/session.ts';
import { createSoon } from '../../lib/soon.ts';
import {
  type Conversation,
  changed,
  isLocal,
  merged,
  type Piece,
  withNewer,
  withNewest,
  withOlder,
} from './conversation.ts';

export interface ConversationOf {
  readonly deviceId: string;
  readonly chat: string;
  /** A moment to begin at; '' for the present. */
  readonly at: string;
}

const PAGE = 50;
/** Messages around one that something was said about. */
const AROUND = 5;
const SOON_MS = 300;

export type ConversationStore = ReturnType<typeof createConversationStore>;

/** One conversation, loaded piece by piece and kept live until it is closed. */
export function createConversationStore({ deviceId, chat, at }: ConversationOf) {
  const path = `${REPORTING}/sessions/${encodeURIComponent(deviceId)}/chats/${encodeURIComponent(chat)}/messages`;
  const leaving = new AbortController();
  const now = signal<Conversation | null>(null);
  const error = signal<ApiError | null>(null);
  const busy = signal<'older' | 'newer' | null>(null);

  const ask = (query: Query) =>
    api.get<Piece>(path, { query: { pageSize: PAGE, ...query }, signal: leaving.signal });
  const update = (change: (before: Conversation) => Conversation) => {
    if (now.peek() && !leaving.signal.aborted) now.value = change(now.peek() ?? NOTHING);
  };
  const failed = (thrown: unknown) => {
    if (!leaving.signal.aborted) error.value = toApiError(thrown);
  };

  async function begin(): Promise<void> {
    error.value = null;
    try {
      if (at === '') {
        const newest = await ask({});
        now.value = { messages: merged([], newest.items), older: newest.nextCursor, newer: null };
        return;
      }
      const [before, behind] = await Promise.all([
        ask({ end_date: at }),
        ask({ start_date: at, order: 'asc' }),
      ]);
      const messages = merged(before.items, behind.items);
      now.value = { messages, older: before.nextCursor, newer: behind.nextCursor };
    } catch (thrown) {
      failed(thrown);
    }
  }

  async function go(which: 'older' | 'newer'): Promise<void> {
    const cursor = now.peek()?.[which] ?? null;
    if (cursor === null || busy.peek() !== null) return;
    busy.value = which;
    // A cursor belongs to its question: with the moment, and in its order.
    const moment = at === '' ? {} : which === 'older' ? { end_date: at } : { start_date: at };
    const order = which === 'older' ? 'desc' : 'asc';
    try {
      const piece = await ask({ cursor, order, ...moment });
      update((before) => (which === 'older' ? withOlder(before, piece) : withNewer(before, piece)));
    } catch (thrown) {
      failed(thrown);
    } finally {
      busy.value = null;
    }
  }

  /** What fails here is mended by the next news. */
  const refresh = (query: Query, take: typeof withNewest) =>
    ask(query).then((piece) => update((before) => take(before, piece)), silently);
  const newest = createSoon(browserClock, SOON_MS, () => void refresh({}, withNewest));

  const around = (messageId: unknown) => {
    const about = now.peek()?.messages.find((message) => message.messageId === messageId);
    if (!about) return;
    void refresh({ end_date: about.timestamp, pageSize: AROUND }, (before, { items }) => ({
      ...before,
      messages: merged(before.messages, items),
    }));
  };

  void begin();
  return {
    now,
    error,
    busy,
    older: () => void go('older'),
    newer: () => void go('newer'),
    retry: () => void (now.peek() === null ? begin() : go('older')),
    /** What a person did here shows at once; history tells it a moment later. */
    change: (messageId: string, change: Partial<HistoryMessage>) =>
      update((before) => changed(before, messageId, change)),
    add: (message: HistoryMessage) =>
      update((before) => ({ ...before, messages: merged(before.messages, [message]) })),
    hear(frame: LiveFrame) {
      if (frame.type === 'message') {
        const message = readMessage(frame.message);
        if (message === null || message.chat === chat || message.chatAlt === chat) newest.ask();
        if (ABOUT_OTHERS.has(String(message?.type))) around(message?.quotedMessageId);
        return;
      }
      const { messageId, status } = frame;
      const known = now.peek()?.messages.find((message) => message.messageId === messageId);
      if (known && typeof messageId === 'string' && typeof status === 'string')
        update((before) => changed(before, messageId, { status }));
      // Others send from this device, too; and after a break anything may be new.
      if (!known || isLocal(known)) newest.ask();
    },
    close() {
      leaving.abort();
      newest.stop();
    },
  };
}

const NOTHING: Conversation = { messages: [], older: null, newer: null };

const silently = () => {};

type Query = Readonly<Record<string, string | number | undefined>>;

/** Kinds that history keeps with the message they are about. */
const ABOUT_OTHERS: ReadonlySet<string> = new Set(['edit', 'revoke', 'reaction']);

interface Told {
  readonly type?: unknown;
  readonly chat?: unknown;
  readonly chatAlt?: unknown;
  readonly quotedMessageId?: unknown;
}

function readMessage(told: unknown): Told | null {
  return typeof told === 'object' ? told : null;
}
