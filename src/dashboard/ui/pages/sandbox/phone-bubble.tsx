import type { PhoneMessage } from '../../api/sandbox-types.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatBytes, formatDateTime, formatTime } from '../../lib/format.ts';
import { isUnread, kindText, previewOf } from './phone-chats.ts';
import { t } from './texts.ts';

const EMOJIS = ['👍', '❤️', '😂', '🙏'] as const;

interface PhoneBubbleProps {
  message: PhoneMessage;
  quoted: PhoneMessage | undefined;
  nameOf(to: string): string;
  onReply(): void;
  onEdit(): void;
  /** '' takes the reaction back. */
  onReact(emoji: string): void;
  onRevoke(): void;
}

/** One message on a phone; what can be done with it opens below. */
export function PhoneBubble(props: PhoneBubbleProps) {
  const { message, quoted, nameOf } = props;
  const { direction, author, chat, at, status, edited, reactions } = message;
  const isMine = direction !== 'received';
  return (
    <li class={`sandbox-bubble ${isMine ? 'sandbox-mine' : ''} ${isUnread(message) ? 'sandbox-unread' : ''}`}>
      {chat.endsWith('@g.us') && author !== null && !isMine && (
        <strong class="small break">{nameOf(author)}</strong>
      )}
      {quoted && <blockquote class="sandbox-quote small">{previewOf(quoted)}</blockquote>}
      <Content message={message} />
      <p class="sandbox-foot">
        {edited && `${t('edited')} · `}
        {direction === 'own-copy' && `${t('byDevice')} · `}
        <time dateTime={at} title={formatDateTime(at)}>
          {formatTime(at)}
        </time>
        {direction !== 'own-copy' && ` · ${t(`status.${status}`)}`}
      </p>
      {Object.keys(reactions).length > 0 && <p>{Object.values(reactions).join(' ')}</p>}
      {!message.revoked && <Doings {...props} />}
    </li>
  );
}

function Content({ message: { text, kind, media, poll, revoked } }: { message: PhoneMessage }) {
  if (revoked) return <p class="muted">{t('revoked')}</p>;
  return (
    <>
      {media && (
        <p class="sandbox-file">
          <Icon name="file" />
          <span class="break">
            {media.fileName ?? kindText(kind)} <span class="small">({formatBytes(media.bytes)})</span>
          </span>
        </p>
      )}
      {(text !== null || !media) && <p class="sandbox-text">{text ?? kindText(kind)}</p>}
      {poll && (
        <ul class="small">
          {poll.options.map((option) => (
            <li key={option} class="break">
              {option}: {t.count('votes', poll.votes[option]?.length ?? 0)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Doings({ message, onReply, onEdit, onReact, onRevoke }: PhoneBubbleProps) {
  const name = previewOf(message);
  if (message.direction === 'own-copy') return null;
  if (message.direction === 'sent') {
    return (
      <div class="sandbox-doings">
        {message.text !== null && !message.media && (
          <Button kind="quiet" aria-label={`${t('edit')}: ${name}`} onClick={onEdit}>
            {t('edit')}
          </Button>
        )}
        <Button kind="quiet" aria-label={`${t('revoke')}: ${name}`} onClick={onRevoke}>
          {t('revoke')}
        </Button>
      </div>
    );
  }
  return (
    <div class="sandbox-doings">
      <Button kind="quiet" aria-label={`${t('reply')}: ${name}`} onClick={onReply}>
        {t('reply')}
      </Button>
      {EMOJIS.map((emoji) => (
        <Button
          key={emoji}
          kind="quiet"
          aria-label={`${t('reactWith', { emoji })}: ${name}`}
          onClick={() => onReact(emoji)}
        >
          {emoji}
        </Button>
      ))}
    </div>
  );
}
