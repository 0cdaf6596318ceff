import type { HistoryMessage } from '../../api/history-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { t } from './texts.ts';

interface ReactionPickerProps {
  deviceId: string;
  message: HistoryMessage;
  onChange(change: Partial<HistoryMessage>): void;
}

/** Those WhatsApp's own apps offer first. */
const EMOJIS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

export function ReactionPicker({ deviceId, message, onChange }: ReactionPickerProps) {
  const own = `${message.ownNumber}@s.whatsapp.net`;
  const present = message.reactions?.[own] ?? '';
  const react = useAction(async (emoji: string) => {
    const { chat: to, messageId } = message;
    await api.post(devicePath(deviceId, '/messages'), { to, type: 'reaction', messageId, emoji });
    onChange({ reactions: { ...message.reactions, [own]: emoji } });
  });
  return (
    <fieldset class="chat-emojis">
      <legend class="sr-only">{t('react')}</legend>
      <FormError error={react.error} />
      <div class="row">
        {EMOJIS.map((emoji) => (
          <Button
            key={emoji}
            aria-label={t('reactWith', { emoji })}
            aria-pressed={emoji === present}
            disabled={react.busy}
            onClick={() => void react.run(emoji)}
          >
            {emoji}
          </Button>
        ))}
        {present !== '' && (
          <Button kind="quiet" disabled={react.busy} onClick={() => void react.run('')}>
            {t('reactTake')}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
