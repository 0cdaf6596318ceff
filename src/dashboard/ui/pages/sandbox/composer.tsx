import { useEffect, useRef, useState } from 'preact/hooks';
import type { PhoneMessage } from '../../api/sandbox-types.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Field } from '../../components/field.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { previewOf } from './phone-chats.ts';
import { t } from './texts.ts';

/** A message that the next text answers or replaces. */
export interface Wish {
  readonly kind: 'reply' | 'edit';
  readonly message: PhoneMessage;
}

interface ComposerProps {
  /** Of the phone. */
  path: string;
  to: string;
  wish: Wish | null;
  onWish(wish: Wish | null): void;
  onSent(): void;
}

/** What the owner of the phone writes. */
export function Composer({ path, to, wish, onWish, onSent }: ComposerProps) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!wish) return;
    setText(wish.kind === 'edit' ? (wish.message.text ?? '') : '');
    input.current?.focus();
  }, [wish]);
  const send = useAction(async () => {
    if (wish) await api.post(`${path}/messages/${wish.message.id}/${wish.kind}`, { text });
    else await api.post(`${path}/send`, { to, text });
    setText('');
    onWish(null);
    onSent();
  });
  const sample = useAction(async (kind: 'image' | 'document') => {
    await api.post(`${path}/send-media`, { to, kind });
    onSent();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void send.run();
  };
  return (
    <form class="stack-s" onSubmit={submit}>
      <FormError error={send.error ?? sample.error} />
      {wish && (
        <div class="sandbox-wish small">
          <span class="sandbox-one-line">
            {t(wish.kind === 'reply' ? 'replyTo' : 'editing', { text: previewOf(wish.message) })}
          </span>
          <IconButton icon="close" label={t('cancelReply')} onClick={() => onWish(null)} />
        </div>
      )}
      <div class="sandbox-line">
        <Field label={t('write')}>
          {(wiring) => (
            <input
              class="input"
              {...wiring}
              ref={input}
              required
              maxLength={4096}
              autocomplete="off"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button type="submit" kind="primary" busy={send.busy}>
          {t('send')}
        </Button>
      </div>
      <div class="row">
        <Button kind="quiet" busy={sample.busy} onClick={() => void sample.run('image')}>
          {t('sampleImage')}
        </Button>
        <Button kind="quiet" busy={sample.busy} onClick={() => void sample.run('document')}>
          {t('sampleDocument')}
        </Button>
      </div>
    </form>
  );
}
