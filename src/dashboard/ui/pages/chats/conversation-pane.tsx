import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ChatPage, HistoryMessage } from '../../api/history-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { LinkButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useLive } from '../../lib/live.ts';
import { href } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { Composer } from './composer.tsx';
import { type ConversationStore, createConversationStore } from './conversation-store.ts';
import { MessageDialog } from './message-dialog.tsx';
import { MessageLog } from './message-log.tsx';
import { addressText, chatName, type Subjects } from './names.ts';
import { t } from './texts.ts';

interface ConversationPaneProps {
  deviceId: string;
  chat: string;
  /** A moment and a message to begin at; '' for the present. */
  at: string;
  messageId: string;
  subjects: Subjects;
  isConnected: boolean;
}

/** One conversation: its messages, and what a person says to it. */
export function ConversationPane(props: ConversationPaneProps) {
  const { deviceId, chat, at, messageId, subjects, isConnected } = props;
  const store = useMemo(() => createConversationStore({ deviceId, chat, at }), []);
  useEffect(() => store.close, [store]);
  useLive({ types: ['message', 'message_status'], deviceId }, store.hear);
  const opened = useSignal<HistoryMessage | null>(null);
  const quoted = useSignal<HistoryMessage | null>(null);
  const name = useName(deviceId, chat, subjects);
  return (
    <section class="chats-main" aria-label={t('messages', { name })}>
      <Head deviceId={deviceId} chat={chat} name={name} at={at} />
      <Log
        store={store}
        name={name}
        messageId={messageId}
        onOpen={(message) => {
          opened.value = message;
        }}
      />
      {may('message:send') && (
        <Composer
          deviceId={deviceId}
          chat={chat}
          name={name}
          isConnected={isConnected}
          quoted={quoted.value}
          onQuoted={(message) => {
            quoted.value = message;
          }}
          onSent={store.add}
        />
      )}
      {opened.value && (
        <MessageDialog
          deviceId={deviceId}
          message={opened.value}
          onChange={store.change}
          onReply={(message) => {
            quoted.value = message;
          }}
          onClose={() => {
            opened.value = null;
          }}
        />
      )}
    </section>
  );
}

/** The list may not have come to this chat yet. */
function useName(deviceId: string, chat: string, subjects: Subjects): string {
  const isPerson = chat.endsWith('@s.whatsapp.net');
  const known = useResource(
    async (signal) => {
      if (!isPerson) return null;
      const path = `${REPORTING}/sessions/${encodeURIComponent(deviceId)}/chats`;
      const q = chat.replace(/@.*$/, '');
      const { items } = await api.get<ChatPage>(path, { query: { q }, signal });
      return items.find((each) => each.chat === chat)?.name ?? null;
    },
    [deviceId, chat],
  );
  return chatName({ chat, name: known.data }, subjects);
}

/** As in chats.css. */
const NARROW = '(max-width: 859px)';

function Head({ deviceId, chat, name, at }: { deviceId: string; chat: string; name: string; at: string }) {
  const number = addressText(chat);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where the list gives way to the conversation, the link that was pressed is gone.
    if (matchMedia(NARROW).matches) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header class="chats-head">
      <a class="chats-back" href={href('/chats', { device: deviceId })} aria-label={t('back')}>
        ‹
      </a>
      <h2 class="grow" ref={heading} tabIndex={-1}>
        <bdi>{name}</bdi>
        {number !== name && <span class="small muted chats-number">{number}</span>}
      </h2>
      {at !== '' && <LinkButton href={href('/chats', { device: deviceId, chat })}>{t('newest')}</LinkButton>}
    </header>
  );
}

interface LogProps {
  store: ConversationStore;
  name: string;
  messageId: string;
  onOpen(message: HistoryMessage): void;
}

function Log({ store, name, messageId, onOpen }: LogProps) {
  const conversation = store.now.value;
  const error = store.error.value;
  if (conversation === null) {
    return (
      <div class="chats-log">
        {error ? <ErrorState error={error} onRetry={store.retry} /> : <Skeleton lines={6} />}
      </div>
    );
  }
  if (conversation.messages.length === 0) {
    return (
      <div class="chats-log">
        <EmptyState icon="chat" title={t('noChats')}>
          {t('noChatsText')}
        </EmptyState>
      </div>
    );
  }
  return (
    <>
      <FormError error={error} />
      <MessageLog
        name={name}
        conversation={conversation}
        isLoadingOlder={store.busy.value === 'older'}
        startAt={messageId}
        onOlder={store.older}
        onNewer={store.newer}
        onOpen={onOpen}
      />
    </>
  );
}
