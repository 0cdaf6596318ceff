import { describe, expect, it } from 'vitest';
import { cookieOf, fromPage, PASSWORD, person, startPeople } from '../support/people.ts';

const HOUR_MS = 3_600_000;

async function startWithAna() {
  const stage = await startPeople();
  const ana = await stage.host.users.create(person());
  return { ...stage, ana };
}

describe('signing in', () => {
  it('gives a cookie no script reads, a token for changes, and who one is', async () => {
    await using stage = await startWithAna();
    const response = await stage.call('POST', '/login', { email: ' ANA@example.com ', password: PASSWORD });
    expect(response.statusCode).toBe(200);
    const [header = ''] = [response.headers['set-cookie'] ?? []].flat();
    expect(header).toMatch(
      /^__Host-wafleet=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(header).not.toMatch(/domain/i);
    const { data } = response.json();
    expect(data).toMatchObject({
      authenticated: true,
      setupNeeded: false,
      sandbox: false,
      user: { userId: stage.ana.userId, name: 'Ana', email: 'ana@example.com', role: 'admin', locale: null },
      scopes: ['admin'],
      deviceIds: null,
    });
    expect(Date.parse(data.expiresAt) - stage.clock.now().getTime()).toBe(7 * 24 * HOUR_MS);
    const session = await stage.call('GET', '/session', undefined, { cookie: cookieOf(response) ?? '' });
    expect(session.json().data).toEqual(data);
    expect(session.headers['cache-control']).toBe('no-store');
    expect(response.body + session.body).not.toMatch(/argon|hash/i);
  });

  it('without TLS the cookie is another one, and only when the operator says so', async () => {
    await using stage = await startPeople({ environment: { COOKIE_SECURE: 'false' } });
    await stage.host.users.create(person());
    const response = await stage.call('POST', '/login', { email: 'ana@example.com', password: PASSWORD });
    const [header = ''] = [response.headers['set-cookie'] ?? []].flat();
    expect(header).toMatch(/^wafleet=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(stage.config.warnings.join()).toContain('COOKIE_SECURE');
  });

  it('answers alike for nobody, a wrong password and somebody disabled', async () => {
    await using stage = await startWithAna();
    await stage.host.users.create(person({ email: 'off@example.com', role: 'viewer' }));
    const { userId } = await stage.host.users.getByEmail('off@example.com');
    await stage.host.users.change(userId, { status: 'disabled' });
    const answers = [];
    for (const [email, password] of [
      ['nobody@example.com', PASSWORD],
      ['ana@example.com', 'wrong wrong wrong'],
      ['off@example.com', PASSWORD],
    ]) {
      const response = await stage.call('POST', '/login', { email, password });
      expect(cookieOf(response)).toBeNull();
      answers.push([response.statusCode, response.json().error]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify([401, { code: 'LOGIN_FAILED', details: {} }])]),
    );
  });

  it('makes a new session each time, and ends the one the browser had', async () => {
    await using stage = await startWithAna();
    const first = await stage.signIn();
    const again = await stage.call(
      'POST',
      '/login',
      { email: 'ana@example.com', password: PASSWORD },
      {
        cookie: first.cookie,
      },
    );
    expect(cookieOf(again)).not.toBe(first.cookie);
    const old = await stage.call('GET', '/session', undefined, { cookie: first.cookie });
    expect(old.json().data).toEqual({ authenticated: false, setupNeeded: false, sandbox: false });
    expect(String(old.headers['set-cookie'])).toMatch(/^__Host-wafleet=;.*Expires=Thu, 01 Jan 1970/);
  });

  it('signs out at once, twice without harm, and only this browser', async () => {
    await using stage = await startWithAna();
    const [here, there] = [await stage.signIn(), await stage.signIn()];
    for (let times = 0; times < 2; times++) {
      const response = await stage.call('POST', '/logout', undefined, fromPage(here));
      expect(response.statusCode).toBe(200);
      expect(String(response.headers['set-cookie'])).toContain('Expires=Thu, 01 Jan 1970');
    }
    const sees = async (cookie: string) =>
      (await stage.call('GET', '/users', undefined, { cookie })).statusCode;
    expect([await sees(here.cookie), await sees(there.cookie)]).toEqual([401, 200]);
  });

  it('ends a session that nobody used for 12 hours, and any after 7 days', async () => {
    await using stage = await startWithAna();
    const [idle, busy] = [await stage.signIn(), await stage.signIn()];
    const code = async ({ cookie }: { cookie: string }) => {
      const response = await stage.call('GET', '/users', undefined, { cookie });
      // Nobody waits for the note of the last use: it is written in the next turn.
      await new Promise(setImmediate);
      return response.json().error?.code ?? 'fine';
    };
    for (let hours = 0; hours < 13; hours += 1) {
      stage.clock.advance(HOUR_MS);
      expect(await code(busy)).toBe('fine');
    }
    expect(await code(idle)).toBe('SESSION_EXPIRED');
    for (let hours = 13; hours < 7 * 24 - 1; hours += 1) {
      stage.clock.advance(HOUR_MS);
      await code(busy);
    }
    expect(await code(busy)).toBe('fine');
    stage.clock.advance(HOUR_MS);
    expect(await code(busy)).toBe('SESSION_EXPIRED');
  });
});

describe('a forged request', () => {
  const origin = 'http://localhost';
  const cases: [string, (csrfToken: string) => Record<string, string>, boolean][] = [
    ['our page', (csrf) => ({ origin, 'x-csrf-token': csrf }), true],
    ['our page, named by its referrer', (csrf) => ({ referer: `${origin}/x`, 'x-csrf-token': csrf }), true],
    ['our page over TLS', (csrf) => ({ origin: 'https://localhost', 'x-csrf-token': csrf }), true],
    ['our page without the token', () => ({ origin }), false],
    ['our page with another token', () => ({ origin, 'x-csrf-token': 'x'.repeat(43) }), false],
    ['nobody says where from', (csrf) => ({ 'x-csrf-token': csrf }), false],
    ['another site', (csrf) => ({ origin: 'https://evil.example', 'x-csrf-token': csrf }), false],
    ['another port', (csrf) => ({ origin: 'http://localhost:8080', 'x-csrf-token': csrf }), false],
    [
      'a name that begins alike',
      (csrf) => ({ origin: 'http://localhost.evil.example', 'x-csrf-token': csrf }),
      false,
    ],
    ['a page without an origin', (csrf) => ({ origin: 'null', 'x-csrf-token': csrf }), false],
    ['another scheme', (csrf) => ({ origin: 'file://localhost', 'x-csrf-token': csrf }), false],
  ];
  it.each(cases)('%s', async (_name, headers, isAllowed) => {
    await using stage = await startWithAna();
    const { cookie, csrfToken } = await stage.signIn();
    const body = person({ email: 'new@example.com', role: 'viewer' });
    const response = await stage.call('POST', '/users', body, {
      host: 'localhost',
      cookie,
      ...headers(csrfToken),
    });
    expect([response.statusCode, response.json().error?.code ?? null]).toEqual(
      isAllowed ? [201, null] : [403, 'CSRF_REFUSED'],
    );
    expect((await stage.host.users.list()).length).toBe(isAllowed ? 2 : 1);
  });

  it('reading needs the cookie alone; a key needs neither, and goes before the cookie', async () => {
    await using stage = await startWithAna();
    const { cookie } = await stage.signIn();
    expect((await stage.call('GET', '/users', undefined, { cookie })).statusCode).toBe(200);
    const headers = { authorization: 'Bearer admin-key', cookie, origin: 'https://evil.example' };
    const body = person({ email: 'new@example.com', role: 'viewer' });
    expect((await stage.call('POST', '/users', body, headers)).statusCode).toBe(201);
    const wrong = await stage.call('GET', '/users', undefined, { cookie, authorization: 'Bearer guess' });
    expect(wrong.json().error.code).toBe('API_KEY_INVALID');
  });

  it.each(['/login', '/setup', '/logout'])('POST %s of another site is refused', async (path) => {
    await using stage = await startWithAna();
    const { cookie, csrfToken } = await stage.signIn();
    const headers = { cookie, origin: 'https://evil.example', 'x-csrf-token': csrfToken };
    const body = { email: 'ana@example.com', password: PASSWORD, token: 'x', name: 'x' };
    const response = await stage.call('POST', path, body, headers);
    expect([response.statusCode, response.json().error?.code]).toEqual([403, 'CSRF_REFUSED']);
    expect(cookieOf(response)).toBeNull();
  });
});

describe('guessing', () => {
  it('an account is closed to an address after ten wrong passwords, and opens again', async () => {
    await using stage = await startWithAna();
    const attempt = (password: string, email = 'ana@example.com') =>
      stage.call('POST', '/login', { email, password });
    for (let times = 0; times < 10; times++)
      expect((await attempt('wrong wrong wrong')).statusCode).toBe(401);
    const closed = await attempt(PASSWORD);
    expect([closed.statusCode, closed.json().error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(closed.headers['retry-after'])).toBe(15 * 60);
    expect((await attempt(PASSWORD, 'other@example.com')).statusCode).toBe(401);
    stage.clock.advance(15 * 60_000);
    expect((await attempt(PASSWORD)).statusCode).toBe(200);
  });

  it('an address has fifty, whatever the accounts; what was right does not count', async () => {
    await using stage = await startWithAna();
    for (let times = 0; times < 12; times++) await stage.signIn();
    const attempt = (number: number) =>
      stage.call('POST', '/login', { email: `p${number}@example.com`, password: PASSWORD });
    for (let times = 0; times < 50; times++) expect((await attempt(times)).statusCode).toBe(401);
    expect((await attempt(50)).statusCode).toBe(429);
  }, 60_000);
});
