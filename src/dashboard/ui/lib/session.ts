import { computed, signal } from '@preact/signals';
import { AUTH } from '../api/paths.ts';
import type { Scope, Session, SignedIn } from '../api/session-types.ts';
import { createApi } from './api-client.ts';
import { browserClock } from './clock.ts';
import { suggestLocale } from './i18n.ts';
import { onLiveBroken, startLive, stopLive } from './live.ts';

/** Who is signed in; null until the server has said. */
export const session = signal<Session | null>(null);
/** Whether somebody was signed in on this page and is not any more: the sign-in page says so. */
export const sessionEnded = signal(false);

export const signedIn = computed<SignedIn | null>(() =>
  session.value?.authenticated ? session.value : null,
);

/** The one API of the pages. */
export const api = createApi({
  fetch: (input, init) => fetch(input, init),
  clock: browserClock,
  csrfToken: () => signedIn.peek()?.csrfToken ?? null,
  onSignedOut: loseSession,
});

/** Whether the signed-in person may do this. */
export function may(scope: Scope): boolean {
  const scopes = signedIn.value?.scopes ?? [];
  return scopes.includes('admin') || scopes.includes(scope);
}

/** Takes what the server said about the session: at the start, at sign-in, after set-up. */
export function takeSession(next: Session): void {
  session.value = next;
  if (!next.authenticated) {
    stopLive();
    return;
  }
  sessionEnded.value = false;
  suggestLocale(next.user.locale);
  if (may('device:read')) startLive();
}

export async function loadSession(): Promise<void> {
  takeSession(await api.get<Session>(`${AUTH}/session`));
}

export async function signIn(email: string, password: string): Promise<void> {
  takeSession(await api.post<Session>(`${AUTH}/login`, { email, password }));
}

export async function setUp(values: { token: string; name: string; email: string; password: string }) {
  takeSession(await api.post<Session>(`${AUTH}/setup`, values));
}

export async function signOut(): Promise<void> {
  await api.post(`${AUTH}/logout`);
  forget();
}

function loseSession(): void {
  if (signedIn.peek() === null) return;
  sessionEnded.value = true;
  forget();
}

function forget(): void {
  const sandbox = session.peek()?.sandbox ?? false;
  takeSession({ authenticated: false, setupNeeded: false, sandbox });
}

// A stream that breaks may be the first to know that the session is over; a server that is away knows nothing.
onLiveBroken(() => {
  void api.get<Session>(`${AUTH}/session`).then(
    (now) => {
      if (!now.authenticated) loseSession();
    },
    () => {},
  );
});
