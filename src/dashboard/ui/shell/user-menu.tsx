import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SignedIn } from '../api/session-types.ts';
import { Button } from '../components/button.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { toastError } from '../components/toast.tsx';
import { signOut } from '../lib/session.ts';
import { PasswordDialog } from './password-dialog.tsx';
import { LanguageChoice, ThemeChoice } from './preferences.tsx';
import { t } from './texts.ts';

/** The person's own settings; closes by Escape and by a press elsewhere. */
export function UserMenu({ session: { user } }: { session: SignedIn }) {
  const open = useSignal(false);
  const changing = useSignal(false);
  const whole = useRef<HTMLDivElement>(null);
  const isOpen = open.value;
  useEffect(() => {
    if (!isOpen) return;
    const close = (event: Event) => {
      const isInside = event.target instanceof Node && whole.current?.contains(event.target);
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      if (event instanceof KeyboardEvent ? !isEscape : isInside) return;
      open.value = false;
      if (isEscape) whole.current?.querySelector('button')?.focus();
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, [isOpen, open]);
  return (
    <div class="user-menu" ref={whole}>
      <IconButton
        icon="user"
        label={t('account', { name: user.name })}
        aria-expanded={isOpen}
        aria-controls="user-menu"
        onClick={() => {
          open.value = !isOpen;
        }}
      />
      {isOpen && (
        <div class="user-menu-panel" id="user-menu">
          <div>
            <p class="break">
              <strong>{user.name}</strong>
            </p>
            <p class="muted small break">
              {user.email} · {t(`role.${user.role}`)}
            </p>
          </div>
          <LanguageChoice />
          <ThemeChoice />
          <Button
            onClick={() => {
              open.value = false;
              changing.value = true;
            }}
          >
            {t('changePassword')}
          </Button>
          <Button onClick={() => void signOut().catch(toastError)}>{t('signOut')}</Button>
        </div>
      )}
      {changing.value && (
        <PasswordDialog
          email={user.email}
          onClose={() => {
            changing.value = false;
          }}
        />
      )}
    </div>
  );
}
