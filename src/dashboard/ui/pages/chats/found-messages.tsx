import type { FoundPage, HistoryMessage } from '../../api/history-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { VirtualBox } from '../../components/virtual-list.tsx';
import { formatNumber } from '../../lib/format.ts';
import { href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { addressText, authorName, type Subjects, summaryOf } from './names.ts';
import { t } from './texts.ts';
import { usePages } from './use-pages.ts';

interface FoundMessagesProps {
  deviceId: string;
  text: string;
  subjects: Subjects;
}

/** Messages of a device with all of some words; each leads to its place in the conversation. */
export function FoundMessages({ deviceId, text, subjects }: FoundMessagesProps) {
  const words = text.trim();
  const isEnough = /[\p{L}\p{N}]{3}/u.test(words);
  if (!isEnough) {
    return (
      <EmptyState icon="search" title={t('findMessage')}>
        {t(words === '' ? 'typeWords' : 'noneFoundMessage')}
      </EmptyState>
    );
  }
  return <Found deviceId={deviceId} text={words} subjects={subjects} />;
}

function Found({ deviceId, text, subjects }: FoundMessagesProps) {
  const found = usePages<HistoryMessage, FoundPage>({
    load: (cursor, signal) =>
      api.get(`${REPORTING}/search`, { query: { q: text, session_id: deviceId, cursor }, signal }),
    join: (before, items) => [...before, ...items],
    keyOf: text,
  });
  const { first, items, error } = found;
  if (first === null) {
    return error ? <ErrorState error={error} onRetry={found.reload} /> : <Skeleton lines={6} />;
  }
  if (items.length === 0) {
    return (
      <EmptyState icon="search" title={t('noneFound')}>
        {t('noneFoundMessage')}
      </EmptyState>
    );
  }
  const { total, totalIsExact } = first;
  return (
    <>
      <p class="small muted" aria-live="polite">
        {totalIsExact ? t.count('found', total) : t('foundMany', { count: formatNumber(total) })}
      </p>
      <div class="chats-list">
        <VirtualBox
          label={t('findMessage')}
          items={items}
          keyOf={({ id }) => id}
          estimate={88}
          row={(message) => <FoundRow message={message} deviceId={deviceId} subjects={subjects} />}
          onEnd={found.more}
        />
      </div>
    </>
  );
}

interface FoundRowProps {
  message: HistoryMessage;
  deviceId: string;
  subjects: Subjects;
}

function FoundRow({ message, deviceId, subjects }: FoundRowProps) {
  const { chat, timestamp, id } = message;
  const where = subjects.get(chat) ?? addressText(chat);
  return (
    <a class="chats-row" href={href('/chats', { device: deviceId, chat, at: timestamp, message: id })}>
      <span class="chats-row-name">
        <bdi>{message.isGroup || message.fromMe ? where : authorName(message)}</bdi>
        <span class="small muted">
          <TimeAgo at={timestamp} />
        </span>
      </span>
      <span class="chats-found small">
        {message.fromMe ? t('youSaid', { text: summaryOf(message) }) : summaryOf(message)}
      </span>
    </a>
  );
}
