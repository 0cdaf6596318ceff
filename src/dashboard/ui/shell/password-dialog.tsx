import { useState } from 'preact/hooks';
import { AUTH } from '../api/paths.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { FormError } from '../components/error-state.tsx';
import { TextField } from '../components/field.tsx';
import { toast } from '../components/toast.tsx';
import { api } from '../lib/session.ts';
import { useAction } from '../lib/use-action.ts';
import { sayFailure } from './sign-in-page.tsx';
import { t } from './texts.ts';

export function PasswordDialog({ email, onClose }: { email: string; onClose(): void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const { busy, error, run } = useAction(async () => {
    await api.put(`${AUTH}/password`, { currentPassword: current, newPassword: next });
    toast(t('passwordChanged'));
    onClose();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={t('changePassword')} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <FormError error={sayFailure(error)} />
        {/* For managers of passwords: whose it is. */}
        <input type="text" name="username" autocomplete="username" value={email} readOnly hidden />
        <TextField
          label={t('currentPassword')}
          type="password"
          autocomplete="current-password"
          required
          value={current}
          onValue={setCurrent}
          error={error?.fieldMessage('currentPassword')}
        />
        <TextField
          label={t('newPassword')}
          type="password"
          autocomplete="new-password"
          required
          minLength={12}
          hint={t('passwordHint')}
          value={next}
          onValue={setNext}
          error={error?.fieldMessage('newPassword')}
        />
        <div class="form-actions">
          <Button type="submit" kind="primary" busy={busy}>
            {t('changePassword')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
