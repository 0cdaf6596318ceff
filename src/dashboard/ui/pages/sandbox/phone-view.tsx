import type { Page as ListPage } from '../../api/device-types.ts';
import { SANDBOX } from '../../api/paths.ts';
import type { Whole } from '../../api/people-types.ts';
import type { PhoneGroup, PhoneMessage, SandboxPhone } from '../../api/sandbox-types.ts';
import { ResourceView } from '../../components/resource-view.tsx';
import { useLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import { formatPhone } from '../send/format-phone.ts';
import { AutoReplyCard } from './auto-reply-card.tsx';
import { ChatList } from './chat-list.tsx';
import { Conversation } from './conversation.tsx';
import { LinkCard } from './link-card.tsx';
import { chatsOf } from './phone-chats.ts';
import { t } from './texts.ts';

interface PhoneViewProps {
  phone: SandboxPhone;
  phones: readonly SandboxPhone[];
  /** The open chat, or '' for the list of them. */
  chat: string;
  onChat(to: string): void;
  onChanged(): void;
}

/** What a phone keeps for us; the newest. */
const SHOWN = 200;

/** A phone in the hand: its chats as its owner sees them, and beside it what the owner can do. */
export function PhoneView({ phone, phones, chat, onChat, onChanged }: PhoneViewProps) {
  const path = `${SANDBOX}/phones/${phone.phoneNumber}`;
  const messages = useMessages(path);
  const groups = useResource((signal) => api.get<Whole<PhoneGroup>>(`${path}/groups`, { signal }), [path]);
  const nameOf = (to: string) =>
    phones.find(({ phoneNumber }) => phoneNumber === to)?.pushName ??
    groups.data?.items.find(({ id }) => id === to)?.subject ??
    formatPhone(to);
  return (
    <div class="sandbox-hand">
      <section class="sandbox-screen" aria-label={t('phoneOf', { name: phone.pushName })}>
        <header class="sandbox-bar">
          <h2 class="break">{phone.pushName}</h2>
          <span class="mono small">{formatPhone(phone.phoneNumber)}</span>
        </header>
        <ResourceView of={messages}>
          {({ items, total }) => {
            const chats = chatsOf(items);
            return (
              <>
                {chat === '' ? (
                  <ChatList chats={chats} nameOf={nameOf} onChat={onChat} others={othersOf(phone, phones)} />
                ) : (
                  <Conversation
                    key={chat}
                    path={path}
                    chat={chats.find(({ to }) => to === chat) ?? { to: chat, messages: [], unread: 0 }}
                    nameOf={nameOf}
                    onBack={() => onChat('')}
                    onChanged={messages.reload}
                  />
                )}
                {total > SHOWN && <p class="muted small">{t('newestOnly', { count: SHOWN })}</p>}
              </>
            );
          }}
        </ResourceView>
      </section>
      <div class="stack">
        <LinkCard phone={phone} onChanged={onChanged} />
        <AutoReplyCard phone={phone} onChanged={onChanged} />
      </div>
    </div>
  );
}

function useMessages(path: string) {
  const messages = useResource(
    (signal) => api.get<ListPage<PhoneMessage>>(`${path}/messages`, { query: { pageSize: SHOWN }, signal }),
    [path],
  );
  // Under a flood of events a request that runs is let finish.
  const lookAgain = () => {
    if (messages.state !== 'loading') messages.reload();
  };
  usePolling(2_000, lookAgain);
  useLive({ types: ['message', 'message_status'] }, lookAgain);
  return messages;
}

/** Whom one can write to without typing a number. */
function othersOf(phone: SandboxPhone, phones: readonly SandboxPhone[]) {
  return phones
    .filter(({ phoneNumber }) => phoneNumber !== phone.phoneNumber)
    .map(({ phoneNumber, pushName }) => ({ value: phoneNumber, label: pushName }));
}
