import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CICI = '6281200000003';

let simulator: TestSimulator;

const call = async (method: string, path: string, body?: object) => {
  const response = await fetch(new URL(path, simulator.controlUrl), {
    method,
    headers: {
      authorization: `Bearer ${simulator.controlToken}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  return { status: response.status, body: Object(answer) };
};
const make = async (body: object = {}) => {
  const made = await call('POST', `/phones/${ANA}/groups`, { subject: 'Team', members: [BUDI], ...body });
  expect(made.status).toBe(201);
  return String(made.body.group.id);
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  for (const phoneNumber of [ANA, BUDI, CICI]) await call('POST', '/phones', { phoneNumber });
});
afterEach(() => simulator.close());

it('a group is made, listed, changed and left over the API', async () => {
  const group = await make();
  expect((await call('GET', '/groups')).body.groups).toMatchObject([{ id: group, subject: 'Team' }]);
  expect((await call('GET', `/phones/${CICI}/groups`)).body.groups).toEqual([]);
  const changes = { subject: 'Club', description: 'Ours', announcement: true, ephemeral: 86_400 };
  const changed = await call('PATCH', `/phones/${ANA}/groups/${group}`, changes);
  expect(changed.body).toMatchObject(changes);
  expect(
    (await call('PATCH', `/phones/${ANA}/groups/${group}`, { description: '' })).body.description,
  ).toBeNull();
  const left = await call('DELETE', `/phones/${ANA}/groups/${group}`);
  expect(left).toEqual({ status: 200, body: { left: group } });
  expect((await call('GET', `/groups/${group}`)).body.members).toEqual([
    { phoneNumber: BUDI, role: 'admin' },
  ]);
  expect((await call('GET', '/groups/120363000000000000@g.us')).body.error.code).toBe('GROUP_NOT_FOUND');
  expect((await call('PATCH', `/phones/${CICI}/groups/${group}`, { subject: 'x' })).body.error).toMatchObject(
    {
      code: 'GROUP_REFUSED',
      message: expect.stringContaining('403'),
    },
  );
});

it('people are added with a result each, or ask to join by the link', async () => {
  const group = await make();
  await call('PUT', `/phones/${CICI}/privacy`, { groupAdds: 'contacts' });
  const add = { action: 'add', members: [CICI, BUDI] };
  expect((await call('POST', `/phones/${ANA}/groups/${group}/members`, add)).body.results).toEqual([
    { phoneNumber: CICI, code: '403' },
    { phoneNumber: BUDI, code: '409' },
  ]);
  await call('PATCH', `/phones/${ANA}/groups/${group}`, { joinApproval: true });
  const old = (await call('GET', `/phones/${ANA}/groups/${group}/invite`)).body.code;
  const { code, link } = (await call('POST', `/phones/${ANA}/groups/${group}/invite`)).body;
  expect(link).toBe(`https://chat.whatsapp.com/${code}`);
  expect((await call('POST', `/phones/${CICI}/groups/join`, { code: old })).body.error.code).toBe(
    'GROUP_REFUSED',
  );
  expect((await call('POST', `/phones/${CICI}/groups/join`, { code })).body).toEqual({
    group: null,
    joined: false,
  });
  expect((await call('GET', `/groups/${group}`)).body.requests).toMatchObject([{ phoneNumber: CICI }]);
  const decision = { decision: 'approve', people: [CICI] };
  await call('POST', `/phones/${ANA}/groups/${group}/requests`, decision);
  expect((await call('GET', `/phones/${CICI}/groups`)).body.groups).toMatchObject([{ id: group }]);
});

it('messages are sent to it, reacted to, reworded and taken back', async () => {
  const group = await make();
  const { id } = (await call('POST', `/phones/${ANA}/send`, { to: group, text: 'draft' })).body;
  const budi = simulator.phone(BUDI);
  await waitForMessage(budi, (message) => message.id === id);
  await call('POST', `/phones/${BUDI}/messages/${id}/react`, { emoji: '👍' });
  await call('POST', `/phones/${BUDI}/messages/${id}/reply`, { text: 'yes', quote: true });
  await waitForMessage(simulator.phone(ANA), ({ quoted }) => quoted === id);
  await call('POST', `/phones/${ANA}/messages/${id}/edit`, { text: 'final' });
  await waitForMessage(budi, (message) => message.id === id && message.text === 'final');
  await call('POST', `/phones/${ANA}/messages/${id}/revoke`);
  await waitForMessage(budi, (message) => message.id === id && message.revoked);
  const { messages } = (await call('GET', `/phones/${ANA}/messages?chat=${group}&direction=sent`)).body;
  expect(messages[0]).toMatchObject({
    id,
    text: null,
    edited: true,
    revoked: true,
    reactions: { [BUDI]: '👍' },
  });
});
