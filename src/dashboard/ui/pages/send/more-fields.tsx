import { useState } from 'preact/hooks';
import { devicePath } from '../../api/paths.ts';
import type { ListedMessage, PlainList } from '../../api/sending-types.ts';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { api, may } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { Draft } from './draft.ts';
import { t } from './texts.ts';

interface MoreFieldsProps {
  deviceId: string;
  to: string;
  draft: Draft;
  onDraft(change: Partial<Draft>): void;
  error: ApiError | null;
}

/** A reply and mentions: seldom wanted, so behind a fold. */
export function MoreFields(props: MoreFieldsProps) {
  const { draft, onDraft, error } = props;
  const [open, setOpen] = useState(draft.mentions !== '' || draft.quotedMessageId !== '');
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('more')}</summary>
      {open && (
        <div class="form send-more">
          <TextField
            label={t('mentions')}
            hint={t('mentionsHint')}
            value={draft.mentions}
            onValue={(mentions) => onDraft({ mentions })}
            error={mentionProblem(error)}
          />
          <ReplyField {...props} />
        </div>
      )}
    </details>
  );
}

function mentionProblem(error: ApiError | null): string | undefined {
  return error?.fields.find(({ field }) => field.startsWith('mentions'))?.message;
}

/** One of the newest messages of the chat, or an id by hand. */
function ReplyField({ deviceId, to, draft, onDraft, error }: MoreFieldsProps) {
  const chat = to.trim();
  const canList = may('message:read') && deviceId !== '' && chat.length >= 3;
  const listed = useResource(
    async (signal) =>
      canList
        ? api
            .get<PlainList<ListedMessage>>(devicePath(deviceId, '/messages'), {
              query: { chat, pageSize: 20 },
              signal,
            })
            // A number that is not written out yet has no chat.
            .catch(() => null)
        : null,
    [deviceId, chat],
  );
  const items = listed.data?.items ?? [];
  const wrong =
    error?.code === 'MESSAGE_NOT_FOUND' ? t('replyUnknown') : error?.fieldMessage('quotedMessageId');
  const byHand = (quotedMessageId: string) => onDraft({ quotedMessageId });
  if (items.length === 0) {
    return (
      <TextField
        label={t('replyTo')}
        hint={t('replyHint')}
        maxLength={64}
        value={draft.quotedMessageId}
        onValue={byHand}
        error={wrong}
      />
    );
  }
  const options = items.map(({ messageId, direction, text, type }) => ({
    value: messageId,
    label: `${direction === 'in' ? '←' : '→'} ${shorten(text ?? t.maybe(`kind.${type}`, type))}`,
  }));
  return (
    <Select
      label={t('replyTo')}
      options={[{ value: '', label: t('noReply') }, ...options]}
      value={draft.quotedMessageId}
      onValue={byHand}
      error={wrong}
    />
  );
}

/** A line of a menu. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
