import type { HistoryMessage } from '../../api/history-types.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { formatDateTime, formatNumber, formatTime } from '../../lib/format.ts';
import { reactionCounts } from './conversation.ts';
import { MediaView } from './media-view.tsx';
import { authorName, summaryOf } from './names.ts';
import { t } from './texts.ts';
import { Ticks } from './ticks.tsx';

interface BubbleProps {
  message: HistoryMessage;
  quoted: HistoryMessage | null;
  isFound: boolean;
  /** Goes to the message this one replies to. */
  onQuote(messageId: string): void;
  onOpen(message: HistoryMessage): void;
}

/** One message. Everything in it was written by somebody else: it is text, never markup. */
export function Bubble({ message, quoted, isFound, onQuote, onOpen }: BubbleProps) {
  const { fromMe, isGroup, timestamp, editedAt, revokedAt } = message;
  const time = formatTime(timestamp);
  return (
    <article class={`chat-line ${fromMe ? 'chat-line-ours' : ''}`}>
      <div class={`chat-bubble ${isFound ? 'chat-bubble-found' : ''}`}>
        {isGroup && !fromMe && (
          <p class="chat-author small">
            <bdi>{authorName(message)}</bdi>
          </p>
        )}
        {fromMe && <span class="sr-only">{t('you')}</span>}
        {message.quotedMessageId !== null && revokedAt === null && (
          <Quote messageId={message.quotedMessageId} quoted={quoted} onQuote={onQuote} />
        )}
        <Content message={message} />
        <p class="chat-meta small">
          {editedAt !== null && revokedAt === null && (
            <span title={formatDateTime(editedAt)}>{t('edited')}</span>
          )}
          <time dateTime={timestamp} title={formatDateTime(timestamp)}>
            {time}
          </time>
          {fromMe && <Ticks status={message.status} />}
        </p>
        <Reactions reactions={message.reactions} />
      </div>
      {revokedAt === null && (
        <IconButton icon="more" label={t('more', { time })} onClick={() => onOpen(message)} />
      )}
    </article>
  );
}

function Content({ message }: { message: HistoryMessage }) {
  const { type, text, media, revokedAt } = message;
  if (revokedAt !== null) return <p class="chat-none">{t('revoked')}</p>;
  if (type === 'text') {
    return text === null ? <p class="chat-none">{t('erased')}</p> : <p class="chat-text">{text}</p>;
  }
  if (media) {
    return (
      <>
        <MediaView message={message} media={media} />
        {text !== null && text !== '' && <p class="chat-text">{text}</p>}
      </>
    );
  }
  return (
    <>
      <p class="chat-kind small">{t.maybe(`type.${type}`, type)}</p>
      {text !== null && text !== '' && <p class="chat-text">{text}</p>}
    </>
  );
}

interface QuoteProps {
  messageId: string;
  quoted: HistoryMessage | null;
  onQuote(messageId: string): void;
}

function Quote({ messageId, quoted, onQuote }: QuoteProps) {
  if (quoted === null) return <p class="chat-quote small muted">{t('quoted')}</p>;
  return (
    <button type="button" class="chat-quote small" onClick={() => onQuote(messageId)}>
      <span class="sr-only">{t('answerTo', { name: authorName(quoted) })}</span>
      <bdi class="chat-author" aria-hidden="true">
        {authorName(quoted)}
      </bdi>
      <span class="chat-quote-text">{summaryOf(quoted)}</span>
    </button>
  );
}

function Reactions({ reactions }: { reactions: HistoryMessage['reactions'] }) {
  const counts = reactionCounts(reactions);
  if (counts.length === 0) return null;
  const list = counts.map(([emoji, count]) => (count > 1 ? `${emoji} ${formatNumber(count)}` : emoji));
  return (
    <p class="chat-reactions small">
      <span class="sr-only">{t('reactions', { list: list.join(', ') })}</span>
      {list.map((each) => (
        <span key={each} aria-hidden="true">
          {each}
        </span>
      ))}
    </p>
  );
}
