import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ConfirmDialog } from '../components/confirm.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Toasts } from '../components/toast.tsx';
import { type ApiError, toApiError } from '../lib/api-error.ts';
import { place } from '../lib/place.ts';
import { loadSession, session, signedIn } from '../lib/session.ts';
import { Frame } from './frame.tsx';
import { SetupPage } from './setup-page.tsx';
import { SignInPage } from './sign-in-page.tsx';

/** Everything: who is there decides between signing in, set-up and the pages. */
export function App() {
  const error = useSignal<ApiError | null>(null);
  const load = () => {
    error.value = null;
    loadSession().catch((thrown: unknown) => {
      error.value = toApiError(thrown);
    });
  };
  useEffect(load, []);
  return (
    <>
      {error.value ? (
        <main class="gate">
          <div class="gate-card">
            <ErrorState error={error.value} onRetry={load} />
          </div>
        </main>
      ) : (
        <Inside />
      )}
      <ConfirmDialog />
      <Toasts />
    </>
  );
}

/** Nothing is drawn until the server has said who is there: a few milliseconds. */
function Inside() {
  if (session.value === null) return null;
  if (signedIn.value) return <Frame session={signedIn.value} />;
  if (place.value.path === '/setup' || session.value.setupNeeded) return <SetupPage />;
  return <SignInPage />;
}
