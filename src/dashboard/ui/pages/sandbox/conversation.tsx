import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PhoneMessage } from '../../api/sandbox-types.ts';
import { Button } from '../../components/button.tsx';
import { toastError } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { Composer, type Wish } from './composer.tsx';
import { PhoneBubble } from './phone-bubble.tsx';
import { isUnread, type PhoneChat } from './phone-chats.ts';
import { t } from './texts.ts';

interface ConversationProps {
  /** Of the phone. */
  path: string;
  chat: PhoneChat;
  nameOf(to: string): string;
  onBack(): void;
  onChanged(): void;
}

/** One chat of a phone: reading, answering, reacting. */
export function Conversation({ path, chat, nameOf, onBack, onChanged }: ConversationProps) {
  const { to, messages, unread } = chat;
  const [wish, setWish] = useState<Wish | null>(null);
  const end = useEnd(messages.at(-1)?.id);
  const act = async (call: () => Promise<unknown>) => {
    try {
      await call();
    } catch (error) {
      toastError(error);
    }
    onChanged();
  };
  const read = useAction(() => act(() => api.post(`${path}/read`, { ids: idsUnread(messages) })));
  const onMessage = (message: PhoneMessage, what: string) => `${path}/messages/${message.id}/${what}`;
  return (
    <div class="sandbox-body">
      <div class="row-between">
        <Button kind="quiet" onClick={onBack}>
          ← {t('back')}
        </Button>
        <h3 class="break">{nameOf(to)}</h3>
        <Button disabled={unread === 0} busy={read.busy} onClick={() => void read.run()}>
          {t('markRead')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="sandbox-messages" ref={end} tabIndex={0} aria-label={nameOf(to)} aria-live="polite">
        <ol class="sandbox-bubbles">
          {messages.map((message) => (
            <PhoneBubble
              key={message.id}
              message={message}
              quoted={messages.find(({ id }) => id === message.quoted)}
              nameOf={nameOf}
              onReply={() => setWish({ kind: 'reply', message })}
              onEdit={() => setWish({ kind: 'edit', message })}
              onReact={(emoji) => void act(() => api.post(onMessage(message, 'react'), { emoji }))}
              onRevoke={() => void act(() => api.post(onMessage(message, 'revoke')))}
            />
          ))}
        </ol>
      </section>
      <Composer path={path} to={to} wish={wish} onWish={setWish} onSent={onChanged} />
    </div>
  );
}

function idsUnread(messages: readonly PhoneMessage[]): string[] {
  return messages.filter(isUnread).map(({ id }) => id);
}

/** The newest message comes into view when there is another. */
function useEnd(lastId: string | undefined) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { current } = box;
    if (current) current.scrollTop = current.scrollHeight;
  }, [lastId]);
  return box;
}
