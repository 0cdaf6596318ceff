import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { FormError } from '../components/error-state.tsx';
import { TextField } from '../components/field.tsx';
import { ApiError } from '../lib/api-error.ts';
import { sessionEnded, signIn } from '../lib/session.ts';
import { useAction } from '../lib/use-action.ts';
import { LanguageChoice } from './preferences.tsx';
import { t } from './texts.ts';
import '../components/page.css';

/** E-mail and password. The address stays what it was, so that one comes back to the page one wanted. */
export function SignInPage() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, run } = useAction(signIn);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    document.title = `${t('signIn')} · wafleet`;
    form.current?.querySelector('input')?.focus();
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    void run(email.trim(), password);
  };
  return (
    <main class="gate">
      <form class="gate-card" onSubmit={submit} ref={form}>
        <h1>{t('signInTitle')}</h1>
        {sessionEnded.value && <p role="status">{t('sessionEnded')}</p>}
        <FormError error={sayFailure(error)} />
        <TextField
          label={t('email')}
          type="email"
          name="email"
          autocomplete="username"
          required
          value={email}
          onValue={setEmail}
        />
        <TextField
          label={t('password')}
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password}
          onValue={setPassword}
        />
        <Button type="submit" kind="primary" busy={busy}>
          {t('signIn')}
        </Button>
        <LanguageChoice />
      </form>
    </main>
  );
}

/** The texts of this area for the failures only it knows. */
export function sayFailure(error: ApiError | null): ApiError | null {
  if (!error) return null;
  const { code, status, details, requestId, retryAfter } = error;
  const message = t.maybe(`error.${code}`, error.message);
  return new ApiError({ code, status, details, requestId, retryAfter, message });
}
