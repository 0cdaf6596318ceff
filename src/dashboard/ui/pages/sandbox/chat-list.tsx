import { useId, useState } from 'preact/hooks';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import type { Option } from '../../components/select.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { type PhoneChat, previewOf } from './phone-chats.ts';
import { t } from './texts.ts';

interface ChatListProps {
  chats: readonly PhoneChat[];
  /** Offered while one types whom to write to. */
  others: readonly Option[];
  nameOf(to: string): string;
  onChat(to: string): void;
}

/** The chats of a phone, and beginning another. */
export function ChatList({ chats, others, nameOf, onChat }: ChatListProps) {
  return (
    <div class="sandbox-body">
      {chats.length === 0 && <p class="muted">{t('noChats')}</p>}
      <ul class="stack-s" aria-label={t('chats')}>
        {chats.map(({ to, messages, unread }) => {
          const last = messages.at(-1);
          return (
            <li key={to}>
              <button type="button" class="sandbox-chat" onClick={() => onChat(to)}>
                <span class="row-between">
                  <strong class="break">{nameOf(to)}</strong>
                  {unread > 0 && <Badge tone="info">{t.count('unread', unread)}</Badge>}
                </span>
                {last && (
                  <span class="muted small sandbox-preview">
                    <span class="sandbox-one-line">{previewOf(last)}</span>
                    <TimeAgo at={last.at} />
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
      <NewChat others={others} onChat={onChat} />
    </div>
  );
}

function NewChat({ others, onChat }: Pick<ChatListProps, 'others' | 'onChat'>) {
  const [to, setTo] = useState('');
  const list = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    onChat(to.trim().replace(/^\+|[\s-]+(?=\d)/g, ''));
  };
  return (
    <form class="sandbox-line" onSubmit={submit}>
      <Field label={t('newChat')} hint={t('newChatHint')}>
        {(wiring) => (
          <input
            class="input"
            {...wiring}
            required
            maxLength={80}
            list={list}
            value={to}
            onInput={(event) => setTo(event.currentTarget.value)}
          />
        )}
      </Field>
      <datalist id={list}>
        {others.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </datalist>
      <Button type="submit">{t('openChat')}</Button>
    </form>
  );
}
