import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKeyRoutes } from '../../src/access/api-key-routes.ts';
import { createAuditLog } from '../../src/access/audit-log.ts';
import type { AuditRepository } from '../../src/access/audit-repository.ts';
import { targetOf } from '../../src/http/audit.ts';
import { ok } from '../../src/http/envelope.ts';
import type { ApiInstance } from '../../src/http/fastify.ts';
import { sendCsv } from '../../src/reports/csv-answer-routes.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { startApiKeys } from '../support/api-keys.ts';
import { createLogRecorder } from '../support/http.ts';
import { fromPage, person, startPeople } from '../support/people.ts';

const PHONE = '6281234567890';

/** Routes whose paths name devices and people's numbers. */
function someRoutes(api: ApiInstance) {
  const params = z.object({ deviceId: z.string() });
  api.delete(
    '/devices/:deviceId/session',
    { config: { scope: 'device:manage' }, schema: { operationId: 'wipeDevice', params } },
    async (request) => ok(request, null),
  );
  api.post(
    '/devices/:deviceId/groups/:groupId/admins/:adminJid',
    { config: { scope: 'group:manage' }, schema: { operationId: 'promote' } },
    async (request) => ok(request, null),
  );
  api.get(
    '/devices/:deviceId/session/export',
    { config: { scope: 'device:manage', audited: true }, schema: { operationId: 'exportSession', params } },
    async (request) => ok(request, null),
  );
  api.post(
    '/preview',
    { config: { scope: 'message:send', audited: false }, schema: { operationId: 'preview' } },
    async (request) => ok(request, null),
  );
  api.get(
    '/table',
    { config: { scope: 'report:read' }, schema: { operationId: 'readTable' } },
    async (_request, reply) => sendCsv(reply, 'table.csv', oneLine()),
  );
  api.post(
    '/devices',
    { config: { scope: 'device:manage' }, schema: { operationId: 'createDevice' } },
    async (request) => ok(request, null),
  );
}

async function* oneLine() {
  yield 'a,b\r\n';
}

async function startAudited() {
  const { service, clock } = startApiKeys();
  const key = await service.issue({ name: 'panel', scopes: ['admin'], deviceIds: null, expiresAt: null });
  const stage = await startPeople({
    authenticate: service.authenticate,
    routes(api) {
      api.register(apiKeyRoutes, { prefix: '/api/auth', apiKeys: service, clock });
      someRoutes(api);
    },
  });
  const ana = await stage.host.users.create(person());
  const byKey = { authorization: `Bearer ${key.secret}` };
  const entries = async (query = '') => {
    await stage.host.auditLog.flush();
    const response = await stage.call('GET', `/audit${query}`, undefined, byKey);
    expect(response.statusCode).toBe(200);
    return response.json().data;
  };
  return { ...stage, ana, key, byKey, entries };
}

describe('the audit log', () => {
  it('tells who signed in, who failed to, and from where; never what was typed', async () => {
    await using stage = await startAudited();
    await stage.call('POST', '/login', { email: 'ana@example.com', password: 'typed wrongly' });
    await stage.call('POST', '/login', { email: PHONE, password: 'typed wrongly' });
    await stage.signIn();
    const { items, total } = await stage.entries('?action=login');
    const { userId } = stage.ana;
    const anonymous = { kind: 'anonymous', id: null, name: null };
    expect(items).toMatchObject([
      { actor: { kind: 'user', id: userId, name: 'Ana' }, target: `userId=${userId}`, status: 200 },
      { actor: anonymous, target: null, status: 401 },
      { actor: anonymous, target: `userId=${userId}`, status: 401, ip: '127.0.0.1' },
    ]);
    expect(total).toBe(3);
    expect(JSON.stringify(items)).not.toMatch(/typed wrongly|ana@|6281234567890/);
  });

  it('tells what a person and a key changed; reading leaves no trace', async () => {
    await using stage = await startAudited();
    const browser = await stage.signIn();
    const order = { name: 'panel', scopes: ['device:read'] };
    const made = await stage.call('POST', '/tokens', order, fromPage(browser));
    const { tokenId, token } = made.json().data;
    await stage.app.inject({ method: 'DELETE', url: '/devices/shop-1/session', headers: stage.byKey });
    await stage.app.inject({
      method: 'POST',
      url: '/devices',
      headers: stage.byKey,
      body: { deviceId: 'shop-2' },
    });
    await stage.call('GET', '/tokens', undefined, fromPage(browser));
    await stage.app.inject({ method: 'POST', url: '/preview', headers: stage.byKey });
    const { items } = await stage.entries();
    const key = { kind: 'key', id: stage.key.key.id, name: 'panel' };
    expect(items.slice(0, 3)).toMatchObject([
      { actor: key, action: 'createDevice', target: 'deviceId=shop-2', status: 200 },
      { actor: key, action: 'wipeDevice', target: 'deviceId=shop-1', status: 200 },
      {
        actor: { kind: 'user', id: stage.ana.userId, name: 'Ana' },
        action: 'createToken',
        target: `tokenId=${tokenId}`,
        status: 201,
        requestId: made.headers['x-request-id'],
      },
    ]);
    expect(items.length).toBe(4);
    expect(JSON.stringify(items)).not.toContain(token);
  });

  it('masks phone numbers in paths', async () => {
    await using stage = await startAudited();
    const url = `/devices/shop-1/groups/${PHONE}-1600000000@g.us/admins/${PHONE}@s.whatsapp.net`;
    await stage.app.inject({ method: 'POST', url, headers: stage.byKey });
    const [entry] = (await stage.entries('?action=promote')).items;
    expect(entry.target).toBe('deviceId=shop-1, groupId=***000@g.us, adminJid=***890@s.whatsapp.net');
  });

  it('tells what was refused, and names nobody who is not known', async () => {
    await using stage = await startAudited();
    await stage.host.users.create(person({ email: 'bo@example.com', name: 'Bo', role: 'viewer' }));
    const bo = await stage.signIn({ email: 'bo@example.com' });
    const url = '/devices/shop-1/session';
    await stage.app.inject({ method: 'DELETE', url, headers: fromPage(bo) });
    await stage.app.inject({ method: 'DELETE', url, headers: { cookie: bo.cookie } });
    await stage.app.inject({ method: 'DELETE', url });
    await stage.app.inject({ method: 'DELETE', url: '/nothing/here' });
    const { items } = await stage.entries('?action=wipeDevice');
    expect(
      items.map(({ actor, status }: { actor: { name: string }; status: number }) => [actor.name, status]),
    ).toEqual([
      [null, 401],
      ['Bo', 403],
      ['Bo', 403],
    ]);
  });

  it('tells who took a session or a table out, and who was not let', async () => {
    await using stage = await startAudited();
    const url = '/devices/shop-1/session/export';
    await stage.app.inject({ method: 'GET', url, headers: stage.byKey });
    await stage.app.inject({ method: 'GET', url });
    await stage.app.inject({ method: 'GET', url: '/table', headers: stage.byKey });
    const { items } = await stage.entries();
    expect(
      items.map(({ action, target, status }: Record<string, unknown>) => [action, target, status]),
    ).toEqual([
      ['readTable', null, 200],
      ['exportSession', 'deviceId=shop-1', 401],
      ['exportSession', 'deviceId=shop-1', 200],
    ]);
  });

  it('keeps room for what people did while a stranger knocks', async () => {
    await using stage = await startAudited();
    const origin = 'https://elsewhere.example';
    const body = { email: 'ana@example.com', password: 'typed wrongly' };
    for (let times = 0; times < 310; times += 1) await stage.call('POST', '/login', body, { origin });
    await stage.call('POST', '/login', body);
    await stage.signIn();
    const { items, total } = await stage.entries('?action=login');
    expect(items.slice(0, 3).map(({ status }: { status: number }) => status)).toEqual([200, 401, 403]);
    expect(total).toBe(302);
    stage.clock.advance(60_000);
    await stage.call('POST', '/login', body, { origin });
    expect((await stage.entries('?action=login')).total).toBe(303);
  });

  it('is read by pages, by actor and by time, and by administrators only', async () => {
    await using stage = await startAudited();
    for (let number = 0; number < 5; number += 1) {
      await stage.app.inject({
        method: 'DELETE',
        url: `/devices/shop-${number}/session`,
        headers: stage.byKey,
      });
      stage.clock.advance(1_000);
    }
    const targets = ({ items }: { items: { target: string }[] }) =>
      items.map(({ target }) => target.slice(-1)).join('');
    const first = await stage.entries('?pageSize=2');
    expect([targets(first), first.total, first.page]).toEqual(['43', 5, 1]);
    const second = await stage.entries(`?pageSize=2&cursor=${first.nextCursor}`);
    expect(targets(second)).toBe('21');
    const last = await stage.entries('?pageSize=2&page=3');
    expect([targets(last), last.nextCursor]).toEqual(['0', null]);
    const [from, to] = [2_000, 4_000].map((ms) =>
      new Date(stage.clock.now().getTime() - 5_000 + ms).toISOString(),
    );
    expect(targets(await stage.entries(`?from=${from}&to=${to}`))).toBe('32');
    expect((await stage.entries(`?actor=${stage.ana.userId}`)).total).toBe(0);
    expect((await stage.entries(`?actor=${stage.key.key.id}`)).total).toBe(5);
    await stage.host.users.create(person({ email: 'bo@example.com', role: 'operator' }));
    const bo = await stage.signIn({ email: 'bo@example.com' });
    expect((await stage.call('GET', '/audit', undefined, { cookie: bo.cookie })).statusCode).toBe(403);
    for (const query of ['cursor=1', 'pageSize=1000', 'from=soon']) {
      expect((await stage.call('GET', `/audit?${query}`, undefined, stage.byKey)).statusCode).toBe(400);
    }
  });
});

describe('the target of a request', () => {
  it.each([
    [{}, null],
    [{ deviceId: PHONE }, `deviceId=${PHONE}`],
    [{ id: 12 }, 'id=12'],
    [{ id: '01M7WQWHVKCQX1YTRGBNPA3EVV' }, 'id=01M7WQWHVKCQX1YTRGBNPA3EVV'],
    [{ phone1: '+62 812-3456-7890', phone2: '0812 345 678' }, 'phone1=+***890, phone2=***678'],
    [{ jid: '120363000000000001@g.us' }, 'jid=***001@g.us'],
  ])('%j', (params, target) => {
    expect(targetOf(params)).toBe(target);
  });
});

describe('an audit log whose database is away', () => {
  const request = {
    actor: { kind: 'anonymous', id: null, name: null },
    action: 'login',
    target: null,
    status: 401,
    ip: '127.0.0.1',
    requestId: 'one',
    details: null,
  } as const;

  it('keeps what it was told and writes it later, bounded', async () => {
    const clock = createManualClock();
    const { log, lines } = createLogRecorder();
    const written: string[] = [];
    let isAway = true;
    const entries: Pick<AuditRepository, 'add'> = {
      async add(group) {
        if (isAway) throw new Error('away');
        written.push(...group.map(({ requestId }) => requestId));
      },
    };
    const unused: Omit<AuditRepository, 'add'> = {
      list: async () => [],
      count: async () => 0,
      removeBefore: async () => 0,
    };
    const ids = createIds({ clock, random: systemRandom });
    const auditLog = createAuditLog({ entries: { ...entries, ...unused }, clock, ids, log });
    for (let number = 0; number < 10_001; number += 1)
      auditLog.record({ ...request, requestId: `r${number}` });
    await auditLog.flush();
    expect(written).toEqual([]);
    isAway = false;
    clock.advance(1_000);
    await auditLog.flush();
    expect([written.length, written[0], written.at(-1)]).toEqual([10_000, 'r0', 'r9999']);
    expect(lines.map(({ level, data }) => [level, 'lost' in data ? data.lost : null])).toEqual([
      ['warn', null],
      ['error', 1],
    ]);
  });
});
