import { useSignal } from '@preact/signals';
import type { HistoryMessage } from '../../api/history-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/card.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { toast } from '../../components/toast.tsx';
import { browserClock } from '../../lib/clock.ts';
import { formatDateTime } from '../../lib/format.ts';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { EditForm } from './edit-form.tsx';
import { authorName } from './names.ts';
import { PollResult } from './poll-result.tsx';
import { ReactionPicker } from './reaction-picker.tsx';
import { t } from './texts.ts';

interface MessageDialogProps {
  deviceId: string;
  message: HistoryMessage;
  onChange(messageId: string, change: Partial<HistoryMessage>): void;
  onReply(message: HistoryMessage): void;
  onClose(): void;
}

/** As long as WhatsApp takes them, in ms. */
const EDITABLE_MS = 15 * 60_000;
const REVOCABLE_MS = 60 * 3_600_000;

/** What is known of a message, and what can be done with it. */
export function MessageDialog({ deviceId, message, onChange, onReply, onClose }: MessageDialogProps) {
  const isEditing = useSignal(false);
  const { messageId, fromMe, type } = message;
  const age = browserClock.now() - Date.parse(message.timestamp);
  const change = (what: Partial<HistoryMessage>) => {
    onChange(messageId, what);
    onClose();
  };
  const revoke = useAction(async () => {
    const question = { title: t('revokeTitle'), text: t('revokeText'), confirm: t('revoke'), danger: true };
    if (!(await confirmed(question))) return;
    await api.delete(devicePath(deviceId, `/messages/${encodeURIComponent(messageId)}`));
    toast(t('revokedDone'));
    change({ revokedAt: new Date(browserClock.now()).toISOString(), text: null, media: null });
  });
  return (
    <Dialog title={t('actions')} onClose={onClose}>
      <FormError error={revoke.error} />
      {may('message:send') && <ReactionPicker deviceId={deviceId} message={message} onChange={change} />}
      {isEditing.value ? (
        <EditForm deviceId={deviceId} message={message} onChange={change} />
      ) : (
        may('message:send') && (
          <div class="row">
            <Button
              onClick={() => {
                onClose();
                onReply(message);
              }}
            >
              {t('reply')}
            </Button>
            {fromMe && type === 'text' && age < EDITABLE_MS && (
              <Button
                onClick={() => {
                  isEditing.value = true;
                }}
              >
                {t('edit')}
              </Button>
            )}
            {fromMe && age < REVOCABLE_MS && (
              <Button kind="danger" busy={revoke.busy} onClick={() => void revoke.run()}>
                {t('revoke')}
              </Button>
            )}
          </div>
        )
      )}
      {type === 'poll' && <PollResult deviceId={deviceId} message={message} />}
      <Facts
        items={[
          [t('from'), <bdi key="from">{authorName(message)}</bdi>],
          [t('sentAt'), formatDateTime(message.timestamp)],
          [t('status'), t.maybe(`status.${message.status}`, message.status)],
          [t('kind'), t.maybe(`type.${type}`, type)],
          [
            t('messageId'),
            <code key="id" class="break">
              {messageId}
            </code>,
          ],
        ]}
      />
    </Dialog>
  );
}
