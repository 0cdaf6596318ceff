import { useEffect, useRef } from 'preact/hooks';
import type { Chat, ChatPage } from '../../api/history-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { Badge } from '../../components/badge.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { VirtualBox } from '../../components/virtual-list.tsx';
import { browserClock } from '../../lib/clock.ts';
import { formatNumber } from '../../lib/format.ts';
import { useLive } from '../../lib/live.ts';
import { href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { createSoon } from '../../lib/soon.ts';
import { authorName, chatName, type Subjects, summaryOf } from './names.ts';
import { NotKept, NotKeptNote } from './not-kept.tsx';
import { t } from './texts.ts';
import { usePages } from './use-pages.ts';

interface ChatListProps {
  deviceId: string;
  text: string;
  active: string;
  subjects: Subjects;
}

const SOON_MS = 500;
/** What the server counts at most. */
const MOST_WAITING = 20;

/** The chats of a device, the latest first; live. */
export function ChatList({ deviceId, text, active, subjects }: ChatListProps) {
  const words = text.trim();
  const path = `${REPORTING}/sessions/${encodeURIComponent(deviceId)}/chats`;
  const chats = usePages<Chat, ChatPage>({
    load: (cursor, signal) => api.get(path, { query: { q: words, cursor, pageSize: 50 }, signal }),
    join: joined,
    keyOf: words,
  });
  const reload = useRef(createSoon(browserClock, SOON_MS, chats.reload));
  useEffect(() => () => reload.current.stop(), []);
  useLive({ types: ['message', 'message_status'], deviceId }, () => reload.current.ask());
  const { first, items, error } = chats;
  if (first === null) {
    return error ? <ErrorState error={error} onRetry={chats.reload} /> : <Skeleton lines={6} />;
  }
  if (items.length === 0) {
    if (words !== '')
      return (
        <EmptyState icon="search" title={t('noneFound')}>
          {t('noneFoundChat')}
        </EmptyState>
      );
    if (first.keeps !== 'history') return <NotKept deviceId={deviceId} keeps={first.keeps} />;
    return (
      <EmptyState icon="chat" title={t('noChats')}>
        {t('noChatsText')}
      </EmptyState>
    );
  }
  return (
    <>
      {first.keeps !== 'history' && <NotKeptNote deviceId={deviceId} />}
      <div class="chats-list">
        <VirtualBox
          label={t('list')}
          items={items}
          keyOf={({ chat }) => chat}
          estimate={72}
          row={(chat) => (
            <ChatRow
              chat={chat}
              name={chatName(chat, subjects)}
              to={href('/chats', { device: deviceId, chat: chat.chat })}
              isActive={chat.chat === active}
            />
          )}
          onEnd={chats.more}
        />
      </div>
    </>
  );
}

function joined(before: readonly Chat[], found: readonly Chat[]): readonly Chat[] {
  const byChat = new Map(before.map((chat) => [chat.chat, chat]));
  for (const chat of found) byChat.set(chat.chat, chat);
  return [...byChat.values()].sort((one, other) => (one.lastMessageAt < other.lastMessageAt ? 1 : -1));
}

interface ChatRowProps {
  chat: Chat;
  name: string;
  to: string;
  isActive: boolean;
}

function ChatRow({ chat, name, to, isActive }: ChatRowProps) {
  const { lastMessage, lastMessageAt, waiting } = chat;
  return (
    <a class="chats-row" href={to} aria-current={isActive ? 'page' : undefined}>
      <span class="chats-row-name">
        <bdi class={waiting > 0 ? 'chats-row-waiting' : ''}>{name}</bdi>
        <span class="small muted">
          <TimeAgo at={lastMessageAt} />
        </span>
      </span>
      <span class="chats-row-last">
        <span class="muted small">{lastMessage && lastLine(chat, lastMessage)}</span>
        {waiting > 0 && <Waiting count={waiting} />}
      </span>
    </a>
  );
}

function lastLine({ isGroup }: Chat, message: NonNullable<Chat['lastMessage']>): string {
  const text = summaryOf(message);
  if (message.fromMe) return t('youSaid', { text });
  return isGroup ? t('saidBy', { name: authorName(message), text }) : text;
}

function Waiting({ count }: { count: number }) {
  const isMost = count >= MOST_WAITING;
  const words = isMost ? t('waitingMany', { count: formatNumber(count) }) : t.count('waiting', count);
  return (
    <span title={words}>
      <span aria-hidden="true">
        <Badge tone="info">{`${formatNumber(count)}${isMost ? '+' : ''}`}</Badge>
      </span>
      <span class="sr-only">{words}</span>
    </span>
  );
}
