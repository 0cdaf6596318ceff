import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { HistoryMessage } from '../../api/history-types.ts';
import { useEndVirtual } from '../../lib/use-virtual.ts';
import { Bubble } from './bubble.tsx';
import { type Conversation, withReactions } from './conversation.ts';
import { dayOf, dayText } from './days.ts';
import { authorName } from './names.ts';
import { t } from './texts.ts';

interface MessageLogProps {
  name: string;
  conversation: Conversation;
  isLoadingOlder: boolean;
  /** The message to begin at, by its id; '' for the last. */
  startAt: string;
  onOlder(): void;
  onNewer(): void;
  onOpen(message: HistoryMessage): void;
}

/** Rows from an edge at which what is behind it is loaded. */
const NEAR = 8;

/** The messages, however many: only those near the view are in the document. */
export function MessageLog(props: MessageLogProps) {
  const { name, conversation, startAt, onOlder, onNewer, onOpen, isLoadingOlder } = props;
  const { older, newer } = conversation;
  const messages = useMemo(() => withReactions(conversation.messages), [conversation.messages]);
  const box = useRef<HTMLElement>(null);
  const [isPlaced, setPlaced] = useState(false);
  const virtualizer = useEndVirtual(box, {
    count: messages.length,
    estimate: 64,
    keyAt: (index) => messages[index]?.id ?? String(index),
  });
  useLayoutEffect(() => {
    const index = messages.findIndex(({ id }) => id === startAt);
    if (index === -1) virtualizer.scrollToEnd();
    else virtualizer.scrollToIndex(index, { align: 'center' });
    setPlaced(true);
  }, []);
  const onScroll = useEndKept(box, startAt === '');
  const shown = virtualizer.getVirtualItems();
  const top = shown[0]?.index ?? 0;
  const bottom = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (!isPlaced) return;
    if (top < NEAR && older !== null) onOlder();
    if (bottom > messages.length - NEAR && newer !== null) onNewer();
  }, [isPlaced, top, bottom, messages.length, older, newer]);
  const jump = (messageId: string) => {
    const index = messages.findIndex((message) => message.messageId === messageId);
    if (index !== -1) virtualizer.scrollToIndex(index, { align: 'center' });
  };
  return (
    <section
      class="chats-log"
      ref={box}
      aria-label={t('messages', { name })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={onScroll}
    >
      {isLoadingOlder && <p class="chats-loading small muted">{t('loadingOlder')}</p>}
      <ul class="virtual-list" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {shown.map(({ key, index, start }) => {
          const message = messages[index];
          return (
            message && (
              <li
                key={String(key)}
                data-index={index}
                ref={virtualizer.measureElement}
                style={{ transform: `translateY(${start}px)` }}
              >
                {index === 0 && older === null && <p class="chats-day small muted">{t('begins')}</p>}
                <DayBreak before={messages[index - 1]} message={message} />
                <Bubble
                  message={message}
                  quoted={quotedBy(messages, message)}
                  isFound={message.id === startAt}
                  onQuote={jump}
                  onOpen={onOpen}
                />
              </li>
            )
          );
        })}
      </ul>
      <News last={messages.at(-1)} />
    </section>
  );
}

/** Within so many px of the end somebody reads the newest. */
const AT_END = 80;

/** Keeps a box at its end while rows get their true heights and new ones come, until somebody scrolls up. */
function useEndKept(box: RefObject<HTMLElement>, begins: boolean): () => void {
  const isKept = useRef(begins);
  const last = useRef(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element && isKept.current) element.scrollTop = element.scrollHeight;
  });
  return () => {
    if (!box.current) return;
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    if (scrollHeight - scrollTop - clientHeight <= AT_END) isKept.current = true;
    else if (scrollTop < last.current) isKept.current = false;
    last.current = scrollTop;
  };
}

function quotedBy(
  messages: readonly HistoryMessage[],
  { quotedMessageId }: HistoryMessage,
): HistoryMessage | null {
  if (quotedMessageId === null) return null;
  return messages.findLast(({ messageId }) => messageId === quotedMessageId) ?? null;
}

function DayBreak({ before, message }: { before: HistoryMessage | undefined; message: HistoryMessage }) {
  const day = dayOf(message.timestamp);
  if (before && dayOf(before.timestamp) === day) return null;
  return (
    <h3 class="chats-day small">
      <time dateTime={day}>{dayText(message.timestamp)}</time>
    </h3>
  );
}

/** Says who wrote while one is here. */
function News({ last }: { last: HistoryMessage | undefined }) {
  const first = useRef(last?.id);
  const isNew = last !== undefined && last.id !== first.current && !last.fromMe;
  return (
    <p class="sr-only" aria-live="polite">
      {isNew && t('newMessage', { name: authorName(last) })}
    </p>
  );
}
