import { useSignal } from '@preact/signals';
import type { HistoryMessage } from '../../api/history-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextArea } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { browserClock } from '../../lib/clock.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { t } from './texts.ts';

interface EditFormProps {
  deviceId: string;
  message: HistoryMessage;
  onChange(change: Partial<HistoryMessage>): void;
}

/** A new text for a text of ours. */
export function EditForm({ deviceId, message, onChange }: EditFormProps) {
  const text = useSignal(message.text ?? '');
  const edit = useAction(async () => {
    const path = devicePath(deviceId, `/messages/${encodeURIComponent(message.messageId)}`);
    await api.patch(path, { text: text.value });
    toast(t('editedDone'));
    onChange({ text: text.value, editedAt: new Date(browserClock.now()).toISOString() });
  });
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void edit.run();
      }}
    >
      <FormError error={edit.error} />
      <TextArea
        label={t('editText')}
        error={edit.error?.fieldMessage('text')}
        value={text.value}
        onValue={(value) => {
          text.value = value;
        }}
        maxLength={65_536}
        required
      />
      <div class="form-actions">
        <Button kind="primary" type="submit" busy={edit.busy}>
          {t('editSave')}
        </Button>
      </div>
    </form>
  );
}
