import { useEffect, useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { FormError } from '../components/error-state.tsx';
import { TextField } from '../components/field.tsx';
import { go, place } from '../lib/place.ts';
import { setUp } from '../lib/session.ts';
import { useAction } from '../lib/use-action.ts';
import { LanguageChoice } from './preferences.tsx';
import { sayFailure } from './sign-in-page.tsx';
import { t } from './texts.ts';
import '../components/page.css';

/** The first administrator, by the one-time link of the terminal. */
export function SetupPage() {
  const { path, query } = place.value;
  const token = path === '/setup' ? (query.token ?? '') : '';
  useEffect(() => {
    document.title = `${t('setupTitle')} · wafleet`;
  }, []);
  return (
    <main class="gate">
      <div class="gate-card">
        <h1>{t('setupTitle')}</h1>
        {token === '' ? (
          <p>{t(path === '/setup' ? 'setupNoToken' : 'setupNeeded')}</p>
        ) : (
          <SetupForm token={token} />
        )}
        <LanguageChoice />
      </div>
    </main>
  );
}

function SetupForm({ token }: { token: string }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, run } = useAction(async () => {
    await setUp({ token, name: name.trim(), email: email.trim(), password });
    // The token is used; it need not stay in the address bar.
    go('/');
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  return (
    <form class="form" onSubmit={submit}>
      <p class="muted">{t('setupText')}</p>
      <FormError error={sayFailure(error)} />
      <TextField
        label={t('name')}
        autocomplete="name"
        required
        maxLength={100}
        value={name}
        onValue={setName}
        error={error?.fieldMessage('name')}
      />
      <TextField
        label={t('email')}
        type="email"
        autocomplete="username"
        required
        value={email}
        onValue={setEmail}
        error={error?.fieldMessage('email')}
      />
      <TextField
        label={t('password')}
        type="password"
        autocomplete="new-password"
        required
        minLength={12}
        hint={t('passwordHint')}
        value={password}
        onValue={setPassword}
        error={error?.fieldMessage('password')}
      />
      <Button type="submit" kind="primary" busy={busy}>
        {t('createAccount')}
      </Button>
    </form>
  );
}
