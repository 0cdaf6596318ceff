import { describe, expect, it } from 'vitest';
import { cookieOf, fromPage, PASSWORD, person, startPeople } from '../support/people.ts';
import { sampleRoutes } from '../support/sample-routes.ts';

const ADMIN = { authorization: 'Bearer admin-key' };

describe('the set-up link', () => {
  const order = { name: 'Ana', email: 'Ana@Example.com', password: PASSWORD };

  it('makes the first administrator, who is signed in; once', async () => {
    await using stage = await startPeople();
    expect((await stage.call('GET', '/session')).json().data).toEqual({
      authenticated: false,
      setupNeeded: true,
      sandbox: false,
    });
    const token = await stage.host.setupLink.renew();
    const made = await stage.call('POST', '/setup', { token, ...order });
    expect(made.statusCode).toBe(201);
    expect(made.json().data).toMatchObject({
      authenticated: true,
      user: { email: 'ana@example.com', role: 'admin' },
    });
    const session = await stage.call('GET', '/session', undefined, { cookie: cookieOf(made) ?? '' });
    expect(session.json().data).toEqual(made.json().data);
    const again = await stage.call('POST', '/setup', { token, ...order, email: 'b@example.com' });
    expect([again.statusCode, again.json().error.code]).toEqual([410, 'SETUP_LINK_EXPIRED']);
    expect(await stage.host.setupLink.renew()).toBeNull();
    expect(await stage.host.users.count()).toBe(1);
  });

  it('of an earlier start is worthless, and so is any once there is somebody', async () => {
    await using stage = await startPeople();
    const earlier = await stage.host.setupLink.renew();
    const token = await stage.host.setupLink.renew();
    expect((await stage.call('POST', '/setup', { token: earlier, ...order })).statusCode).toBe(410);
    await stage.host.users.create(person({ email: 'other@example.com', role: 'viewer' }));
    expect((await stage.call('POST', '/setup', { token, ...order })).statusCode).toBe(410);
    expect(await stage.host.users.count()).toBe(1);
  });

  it('asked for twice at the same moment makes one person', async () => {
    await using stage = await startPeople();
    const token = await stage.host.setupLink.renew();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        stage.call('POST', '/setup', { token, ...order, email: `${name}@example.com` }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 410, 410]);
    expect(await stage.host.users.count()).toBe(1);
  });

  it('a weak password is refused, and the link is still good', async () => {
    await using stage = await startPeople();
    const token = await stage.host.setupLink.renew();
    const weak = await stage.call('POST', '/setup', { token, ...order, password: 'short' });
    expect([weak.statusCode, weak.json().error.details.fields[0].field]).toEqual([400, 'password']);
    expect((await stage.call('POST', '/setup', { token, ...order })).statusCode).toBe(201);
  });
});

describe('people', () => {
  it('are made, listed, changed and removed; nothing shows of the password', async () => {
    await using stage = await startPeople();
    const made = await stage.call(
      'POST',
      '/users',
      person({ email: 'BO@example.com', role: 'viewer' }),
      ADMIN,
    );
    expect(made.statusCode).toBe(201);
    const { userId, ...rest } = made.json().data;
    expect(rest).toMatchObject({
      email: 'bo@example.com',
      role: 'viewer',
      status: 'active',
      lastSignInAt: null,
    });
    const changed = await stage.call('PUT', `/users/${userId}`, { name: 'Bo', deviceIds: ['dev-1'] }, ADMIN);
    expect(changed.json().data).toMatchObject({ name: 'Bo', role: 'viewer', deviceIds: ['dev-1'] });
    const listed = await stage.call('GET', '/users', undefined, ADMIN);
    expect(listed.json().data).toEqual({ items: [changed.json().data], total: 1 });
    expect(made.body + listed.body).not.toMatch(/password|argon|hash/i);
    expect((await stage.call('DELETE', `/users/${userId}`, undefined, ADMIN)).statusCode).toBe(200);
    const gone = await stage.call('DELETE', `/users/${userId}`, undefined, ADMIN);
    expect([gone.statusCode, gone.json().error.code]).toEqual([404, 'USER_NOT_FOUND']);
  });

  it('have an address each, however it is written', async () => {
    await using stage = await startPeople();
    await stage.host.users.create(person());
    const other = await stage.host.users.create(person({ email: 'other@example.com', role: 'viewer' }));
    const twice = await stage.call('POST', '/users', person({ email: 'ANA@EXAMPLE.com' }), ADMIN);
    expect([twice.statusCode, twice.json().error.code]).toEqual([409, 'USER_EXISTS']);
    const moved = await stage.call('PUT', `/users/${other.userId}`, { email: 'Ana@example.com' }, ADMIN);
    expect(moved.json().error.code).toBe('USER_EXISTS');
  });

  const wrong: [string, object][] = [
    ['no address', { email: 'ana' }],
    ['no name', { name: ' ' }],
    ['a role that is none', { role: 'root' }],
    ['a short password', { password: 'elevenchars' }],
    ['a common password', { password: 'Password-1234' }],
    ['a password with the address in it', { password: 'x ana@example.com y' }],
    ['an administrator limited to devices', { deviceIds: ['dev-1'] }],
    ['a wrong deviceId', { role: 'viewer', deviceIds: ['../x'] }],
  ];
  it.each(wrong)('%s: refused, and nobody is made', async (_name, fields) => {
    await using stage = await startPeople();
    const refused = await stage.call('POST', '/users', { ...person(), ...fields }, ADMIN);
    expect([refused.statusCode, refused.json().error.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(refused.json().error.details.fields.length).toBeGreaterThan(0);
    expect(await stage.host.users.count()).toBe(0);
  });

  it('the last active administrator cannot be removed, demoted or disabled; others can', async () => {
    await using stage = await startPeople();
    const ana = await stage.host.users.create(person());
    const bo = await stage.host.users.create(person({ email: 'bo@example.com' }));
    const put = (userId: string, body: object) => stage.call('PUT', `/users/${userId}`, body, ADMIN);
    expect((await put(bo.userId, { status: 'disabled' })).statusCode).toBe(200);
    const refusals = [
      await put(ana.userId, { role: 'viewer' }),
      await put(ana.userId, { status: 'disabled' }),
      await stage.call('DELETE', `/users/${ana.userId}`, undefined, ADMIN),
    ];
    for (const refused of refusals) {
      expect([refused.statusCode, refused.json().error.code]).toEqual([409, 'LAST_ADMINISTRATOR']);
    }
    expect((await put(ana.userId, { name: 'Anna' })).statusCode).toBe(200);
    expect((await put(bo.userId, { status: 'active' })).statusCode).toBe(200);
    const demoted = await Promise.all([
      put(ana.userId, { role: 'viewer' }),
      put(bo.userId, { role: 'viewer' }),
    ]);
    expect(demoted.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  });

  it.each([
    ['another role', { role: 'viewer' }],
    ['disabled', { status: 'disabled' }],
    ['another password', { password: 'marble kettle north' }],
    ['removed', null],
  ])('%s: the sessions end at once', async (_name, change) => {
    await using stage = await startPeople();
    await stage.host.users.create(person());
    const bo = await stage.host.users.create(person({ email: 'bo@example.com' }));
    const browser = await stage.signIn({ email: 'bo@example.com' });
    const sees = async () =>
      (await stage.call('GET', '/users', undefined, { cookie: browser.cookie })).statusCode;
    expect(await sees()).toBe(200);
    if (change) await stage.call('PUT', `/users/${bo.userId}`, change, ADMIN);
    else await stage.call('DELETE', `/users/${bo.userId}`, undefined, ADMIN);
    expect(await sees()).toBe(401);
  });

  it('another name ends no session', async () => {
    await using stage = await startPeople();
    const { userId } = await stage.host.users.create(person());
    const { cookie } = await stage.signIn();
    await stage.call('PUT', `/users/${userId}`, { name: 'Anna', locale: 'id' }, ADMIN);
    const session = await stage.call('GET', '/session', undefined, { cookie });
    expect(session.json().data.user).toMatchObject({ name: 'Anna', locale: 'id' });
  });

  it('a sign-out in another process is noticed within 15 seconds', async () => {
    await using stage = await startPeople();
    const { userId } = await stage.host.users.create(person());
    const { cookie } = await stage.signIn();
    const sees = async () => (await stage.call('GET', '/users', undefined, { cookie })).statusCode;
    expect(await sees()).toBe(200);
    await stage.database.run({ text: 'delete from user_session where user_id = ?', params: [userId] });
    expect(await sees()).toBe(200);
    stage.clock.advance(15_000);
    expect(await sees()).toBe(401);
  });
});

describe("one's own password", () => {
  it('changes with the one until now; the other browsers are signed out', async () => {
    await using stage = await startPeople();
    await stage.host.users.create(person({ role: 'viewer' }));
    const [here, there] = [await stage.signIn(), await stage.signIn()];
    const change = (body: object) => stage.call('PUT', '/password', body, fromPage(here));
    const newPassword = 'marble kettle north';
    const wrong = await change({ currentPassword: 'not this one at all', newPassword });
    expect([wrong.statusCode, wrong.json().error.details.fields[0].field]).toEqual([400, 'currentPassword']);
    const weak = await change({ currentPassword: PASSWORD, newPassword: 'aaaaaaaaaaaaaaaa' });
    expect([weak.statusCode, weak.json().error.details.fields[0].field]).toEqual([400, 'newPassword']);
    expect((await change({ currentPassword: PASSWORD, newPassword })).statusCode).toBe(200);
    const isIn = async ({ cookie }: { cookie: string }) =>
      (await stage.call('GET', '/session', undefined, { cookie })).json().data.authenticated;
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    expect(
      (await stage.call('POST', '/login', { email: 'ana@example.com', password: PASSWORD })).statusCode,
    ).toBe(401);
    await stage.signIn({ password: newPassword });
  });

  it('is nothing a key has', async () => {
    await using stage = await startPeople();
    const body = { currentPassword: PASSWORD, newPassword: 'marble kettle north' };
    const refused = await stage.call('PUT', '/password', body, ADMIN);
    expect([refused.statusCode, refused.json().error.details]).toEqual([403, { needs: 'signed-in' }]);
    expect((await stage.call('PUT', '/password', body)).statusCode).toBe(401);
  });
});

/** Somebody signed in, before routes about devices. */
async function startDevices(fields: Parameters<typeof person>[0]) {
  const stage = await startPeople({ routes: sampleRoutes });
  await stage.host.users.create(person(fields));
  return { ...stage, browser: await stage.signIn() };
}

describe('somebody limited to devices', () => {
  it('sees those devices, and no others exist', async () => {
    await using stage = await startDevices({ deviceIds: ['dev-1'], role: 'operator' });
    const get = async (url: string) =>
      (await stage.app.inject({ url, headers: { cookie: stage.browser.cookie } })).json();
    expect((await get('/devices/dev-1')).data).toEqual({ name: 'dev-1' });
    expect((await get('/devices/dev-2')).error.code).toBe('DEVICE_NOT_FOUND');
    expect((await get('/list')).data).toEqual({ one: true, two: false });
    const body = { deviceId: 'dev-2' };
    const made = await stage.app.inject({
      method: 'POST',
      url: '/devices',
      headers: fromPage(stage.browser),
      body,
    });
    expect(made.json().error.code).toBe('DEVICE_NOT_FOUND');
  });

  it.each([
    ['admin', true],
    ['operator', true],
    ['viewer', false],
  ] as const)('%s may make a device: %s', async (role, isAllowed) => {
    await using stage = await startDevices({ role });
    const headers = fromPage(stage.browser);
    const made = await stage.app.inject({
      method: 'POST',
      url: '/devices',
      headers,
      body: { deviceId: 'dev-2' },
    });
    expect(made.statusCode).toBe(isAllowed ? 201 : 403);
  });
});
