import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { HistoryMessage } from '../../api/history-types.ts';
import { devicePath } from '../../api/paths.ts';
import type { SentMessage } from '../../api/sending-types.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Field } from '../../components/field.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { browserClock } from '../../lib/clock.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useOnceKey } from '../../lib/use-once-key.ts';
import { localId } from './conversation.ts';
import { authorName, summaryOf } from './names.ts';
import { t } from './texts.ts';

interface ComposerProps {
  deviceId: string;
  chat: string;
  name: string;
  isConnected: boolean;
  /** What is replied to. */
  quoted: HistoryMessage | null;
  onQuoted(message: HistoryMessage | null): void;
  /** With the message as it is shown until history has it. */
  onSent(message: HistoryMessage): void;
}

/** Below a conversation: a text to it. */
export function Composer(props: ComposerProps) {
  const { deviceId, chat, name, isConnected, quoted, onQuoted, onSent } = props;
  const text = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  const once = useOnceKey();
  const quotedId = quoted?.messageId ?? null;
  useEffect(() => {
    if (quotedId !== null) field.current?.focus();
  }, [quotedId]);
  const send = useAction(async () => {
    const said = text.value;
    const sent = await api.post<SentMessage>(
      devicePath(deviceId, '/messages'),
      { to: chat, type: 'text', text: said, ...(quotedId !== null && { quotedMessageId: quotedId }) },
      { headers: once.headers(), query: { queue: true } },
    );
    once.renew();
    text.value = '';
    onQuoted(null);
    onSent(shownAs(sent, { chat, text: said, quotedMessageId: quotedId }));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.value.trim() !== '') void send.run();
  };
  return (
    <form class="chat-composer" onSubmit={submit}>
      <FormError error={send.error} />
      {!isConnected && <p class="chats-note small">{t('offline')}</p>}
      {quoted && <Quoted message={quoted} onDrop={() => onQuoted(null)} />}
      <div class="chat-composer-line">
        <Field label={t('write', { name })}>
          {(wiring) => (
            <textarea
              class="input"
              rows={2}
              {...wiring}
              ref={field}
              maxLength={65_536}
              placeholder={t('writeHint')}
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value;
                once.renew();
              }}
              onKeyDown={(event) => {
                // While an input method composes, Enter chooses what it offers.
                if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
              }}
            />
          )}
        </Field>
        <Button kind="primary" type="submit" busy={send.busy}>
          {t('send')}
        </Button>
      </div>
    </form>
  );
}

function Quoted({ message, onDrop }: { message: HistoryMessage; onDrop(): void }) {
  return (
    <div class="chat-replying">
      <p class="chat-quote small">
        <bdi class="chat-author">{t('replyingTo', { name: authorName(message) })}</bdi>
        <span class="chat-quote-text">{summaryOf(message)}</span>
      </p>
      <IconButton icon="close" label={t('noReply')} onClick={onDrop} />
    </div>
  );
}

/** A message of ours before history tells of it. */
function shownAs(
  { messageId, status }: SentMessage,
  said: Pick<HistoryMessage, 'chat' | 'text' | 'quotedMessageId'>,
): HistoryMessage {
  return {
    ...said,
    id: localId(messageId),
    messageId,
    from: '',
    fromMe: true,
    ownNumber: '',
    senderNumber: null,
    isGroup: said.chat.endsWith('@g.us'),
    pushName: null,
    type: 'text',
    media: null,
    reactions: null,
    timestamp: new Date(browserClock.now()).toISOString(),
    editedAt: null,
    revokedAt: null,
    status,
  };
}
