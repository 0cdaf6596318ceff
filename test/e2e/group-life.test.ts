import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const DEVICES: Readonly<Record<string, string>> = {
  ana: '6281200000001',
  budi: '6281200000002',
  citra: '6281200000003',
};
const [ANA, BUDI, CITRA] = ['6281200000001', '6281200000002', '6281200000003'];
const [DEWI, EKA] = ['6281200000004', '6281200000005'];

interface GroupAnswer {
  readonly groupId: string;
  readonly subject: string;
  readonly description: string | null;
  readonly addressing: string;
  readonly announceOnly: boolean;
  readonly locked: boolean;
  readonly membersMayAdd: boolean;
  readonly joinApproval: boolean;
  readonly ephemeralSeconds: number;
  readonly isAdmin: boolean;
  readonly participantCount: number;
  readonly participants: readonly { readonly phoneNumber: string; readonly role: string }[];
}

let simulator: TestSimulator;
let server: TestServer;
let group = '';

beforeAll(async () => {
  simulator = await startTestSimulator();
  for (const number of [DEWI, EKA]) simulator.phone(number);
  server = await startServer({ simulator });
  for (const [deviceId, number] of Object.entries(DEVICES)) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** The group in the simulator's own state. */
function truth() {
  const known = Object.values(DEVICES)
    .flatMap((number) => simulator.phone(number).groups.list())
    .find(({ id }) => group === `${id}@g.us`);
  if (!known) throw new Error('the simulator knows no such group');
  return known;
}

/** Everything the API says of the group to everybody who is in it is what the simulator knows; the others have no such group. */
async function agree(): Promise<void> {
  const { subject, description, members, ...known } = truth();
  const roles = members.map(({ phoneNumber, role }) => `${phoneNumber} ${role}`).sort();
  for (const [deviceId, number] of Object.entries(DEVICES)) {
    const list = expectOk(await server.api.get<{ items: GroupAnswer[] }>(`devices/${deviceId}/groups`)).data;
    const listed = list.items.find(({ groupId }) => groupId === group);
    const self = members.find(({ phoneNumber }) => phoneNumber === number);
    expect([deviceId, listed !== undefined]).toEqual([deviceId, self !== undefined]);
    if (!self) continue;
    const path = `devices/${deviceId}/groups/${group}`;
    const { data: shown } = expectOk(await server.api.get<GroupAnswer>(`${path}/info`));
    for (const view of [shown, listed]) {
      expect(view).toMatchObject({
        subject: subject.text,
        description: description?.text ?? null,
        addressing: known.addressing,
        announceOnly: known.announcement,
        locked: known.locked,
        membersMayAdd: known.memberAddMode === 'all_member_add',
        joinApproval: known.joinApproval,
        ephemeralSeconds: known.ephemeral,
        isAdmin: self.role !== 'member',
        participantCount: members.length,
      });
      const said = view?.participants.map(({ phoneNumber, role }) => `${phoneNumber} ${role}`) ?? [];
      expect(said.sort()).toEqual(roles);
    }
    if (self.role === 'member') continue;
    const invite = await server.api.get<{ code: string }>(`${path}/invite-link`);
    expect(invite.data.code).toBe(known.inviteCode);
    const requests = await server.api.get<{ items: { phoneNumber: string }[] }>(`${path}/join-requests`);
    expect(requests.data.items.map(({ phoneNumber }) => phoneNumber)).toEqual(
      known.requests.map(({ phoneNumber }) => phoneNumber),
    );
  }
}

type Method = 'POST' | 'PATCH' | 'DELETE';
const call = async (deviceId: string, method: Method, path: string, body?: object) =>
  expectOk(
    await server.api.call({ method, path: `devices/${deviceId}/groups${path}`, ...(body && { body }) }),
  );
const rolesNow = () =>
  Object.fromEntries(truth().members.map(({ phoneNumber, role }) => [phoneNumber, role]));
const join = (deviceId: string) => call(deviceId, 'POST', '/join', { code: truth().inviteCode });

/** In order; what is expected of the simulator's state shows that the step did something. */
const STEPS: readonly (readonly [string, () => Promise<unknown>, () => unknown, unknown])[] = [
  [
    'create',
    async () => {
      const body = { subject: 'The shop', participants: [BUDI, DEWI] };
      const made = await server.api.post<{ group: GroupAnswer }>('devices/ana/groups', body);
      group = expectOk(made).data.group.groupId;
    },
    () => rolesNow(),
    { [ANA]: 'superadmin', [BUDI]: 'member', [DEWI]: 'member' },
  ],
  [
    'add',
    () => call('ana', 'POST', `/${group}/participants`, { participants: [EKA, CITRA] }),
    () => rolesNow(),
    { [ANA]: 'superadmin', [BUDI]: 'member', [CITRA]: 'member', [DEWI]: 'member', [EKA]: 'member' },
  ],
  [
    'promote',
    () => call('ana', 'POST', `/${group}/admins`, { participants: [BUDI, DEWI] }),
    () => [rolesNow()[BUDI], rolesNow()[DEWI]],
    ['admin', 'admin'],
  ],
  [
    'promote by somebody who was promoted',
    () => call('budi', 'POST', `/${group}/admins`, { adminJid: CITRA }),
    () => rolesNow()[CITRA],
    'admin',
  ],
  ['demote', () => call('budi', 'DELETE', `/${group}/admins/${CITRA}`), () => rolesNow()[CITRA], 'member'],
  ['remove', () => call('ana', 'DELETE', `/${group}/participants/${EKA}`), () => rolesNow()[EKA], undefined],
  [
    'remove a device of ours',
    () => call('ana', 'DELETE', `/${group}/participants/${CITRA}`),
    () => rolesNow()[CITRA],
    undefined,
  ],
  [
    'rename',
    () => call('budi', 'PATCH', `/${group}`, { subject: 'The new shop' }),
    () => truth().subject.text,
    'The new shop',
  ],
  [
    'describe',
    () => call('ana', 'PATCH', `/${group}`, { description: 'open until five' }),
    () => truth().description?.text,
    'open until five',
  ],
  [
    'describe anew',
    () => call('budi', 'PATCH', `/${group}`, { description: '' }),
    () => truth().description,
    null,
  ],
  [
    'rules',
    () =>
      call('ana', 'PATCH', `/${group}`, {
        announceOnly: true,
        locked: true,
        membersMayAdd: true,
        ephemeralSeconds: 86_400,
      }),
    () => [truth().announcement, truth().locked, truth().memberAddMode, truth().ephemeral],
    [true, true, 'all_member_add', 86_400],
  ],
  [
    'a new link',
    () => call('ana', 'POST', `/${group}/invite-link/revoke`),
    () => truth().revokedCodes.length,
    1,
  ],
  ['join by the link', () => join('citra'), () => rolesNow()[CITRA], 'member'],
  ['leave', () => call('citra', 'DELETE', `/${group}`), () => rolesNow()[CITRA], undefined],
  [
    'administrators decide who joins',
    () => call('budi', 'PATCH', `/${group}`, { joinApproval: true }),
    () => truth().joinApproval,
    true,
  ],
  ['ask to join', () => join('citra'), () => truth().requests.map(({ phoneNumber }) => phoneNumber), [CITRA]],
  [
    'be let in',
    () => call('budi', 'POST', `/${group}/join-requests/approve`, { participants: [CITRA] }),
    () => [rolesNow()[CITRA], truth().requests],
    ['member', []],
  ],
  ['its maker leaves', () => call('ana', 'DELETE', `/${group}`), () => rolesNow()[ANA], undefined],
];

it('the whole life of a group is what the simulator knows of it after every step', async () => {
  for (const [step, act, look, expected] of STEPS) {
    await act();
    expect([step, look()]).toEqual([step, expected]);
    await agree();
  }
  expect(Object.keys(rolesNow()).sort()).toEqual([BUDI, CITRA, DEWI]);
});
