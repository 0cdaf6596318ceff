import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const DEWI = '6281200000004';
const EKA = '6281200000005';
const NOBODY = '6281299999999';

interface GroupAnswer {
  readonly groupId: string;
  readonly subject: string;
  readonly description: string | null;
  readonly isAdmin: boolean;
  readonly announceOnly: boolean;
  readonly participantCount: number;
  readonly participants: readonly { readonly phoneNumber: string; readonly role: string }[];
}
interface Results {
  readonly results: readonly {
    readonly participant: string;
    readonly success: boolean;
    readonly error: { readonly code: string } | null;
  }[];
  readonly successCount: number;
}

let simulator: TestSimulator;
let server: TestServer;
let group: string;

beforeAll(async () => {
  simulator = await startTestSimulator();
  for (const number of [CITRA, DEWI, EKA]) simulator.phone(number, `Owner of ${number}`);
  server = await startServer({ simulator });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const at = (path: string) => `devices/ana/groups/${group}${path}`;
const info = async (deviceId = 'ana') =>
  (await server.api.get<GroupAnswer>(`devices/${deviceId}/groups/${group}/info`)).data;
const rolesIn = ({ participants }: GroupAnswer) =>
  Object.fromEntries(participants.map(({ phoneNumber, role }) => [phoneNumber, role]));
/** What the simulator itself knows of the group. */
const truth = () => {
  const known = simulator
    .phone(ANA)
    .groups.list()
    .find(({ id }) => group.startsWith(id));
  if (!known) throw new Error('the simulator knows no such group');
  return known;
};
const agree = async () => {
  const [ours, theirs] = [await info(), truth()];
  expect(ours.subject).toBe(theirs.subject.text);
  expect(rolesIn(ours)).toEqual(
    Object.fromEntries(theirs.members.map(({ phoneNumber, role }) => [phoneNumber, role])),
  );
};

describe('the life of a group', () => {
  it('begins with those who can be added', async () => {
    const { status, data } = await server.api.post<Results & { group: GroupAnswer }>('devices/ana/groups', {
      subject: 'The shop',
      participants: [BUDI, '0812-0000-0003', NOBODY, 'nonsense'],
    });
    expect(status).toBe(201);
    group = data.group.groupId;
    expect(data.results.map(({ success }) => success)).toEqual([true, true, false, false]);
    expect(data.group).toMatchObject({ subject: 'The shop', isAdmin: true, participantCount: 3 });
    const { data: list } = await server.api.get<{ items: GroupAnswer[] }>('devices/budi/groups');
    expect(list.items.map(({ groupId, isAdmin }) => [groupId, isAdmin])).toEqual([[group, false]]);
    await agree();
  });

  it('goes on with names and rules', async () => {
    const change = {
      subject: 'The new shop',
      description: 'open until five',
      announceOnly: true,
      locked: true,
    };
    const { data } = await server.api.patch<GroupAnswer>(at(''), change);
    expect(data).toMatchObject(change);
    const back = await server.api.patch<GroupAnswer>(at(''), { announceOnly: false, description: '' });
    expect(back.data).toMatchObject({ announceOnly: false, description: null, locked: true });
    await agree();
  });

  it('takes people in, makes them administrators, and lets them go', async () => {
    const added = await server.api.post<Results>(at('/participants'), {
      participants: [DEWI, EKA, BUDI, 'x y z'],
    });
    expect(added.data.results.map(({ success, error }) => [success, error?.code ?? null])).toEqual([
      [true, null],
      [true, null],
      [false, 'WA_409'],
      [false, 'RECIPIENT_INVALID'],
    ]);
    await agree();
    await server.api.post(at('/admins'), { adminJid: DEWI });
    const both = await server.api.post<Results>(at('/admins'), { participants: [BUDI, EKA] });
    expect(both.data.successCount).toBe(2);
    expect(rolesIn(await info())).toMatchObject({
      [DEWI]: 'admin',
      [BUDI]: 'admin',
      [EKA]: 'admin',
      [CITRA]: 'member',
    });
    await server.api.delete(at(`/admins/${EKA}`));
    expect(rolesIn(await info())).toMatchObject({ [EKA]: 'member' });
    await server.api.delete(at(`/participants/${EKA}@s.whatsapp.net`));
    expect(Object.keys(rolesIn(await info()))).not.toContain(EKA);
    await agree();
  });

  it('lets people in by a link, and by one link only', async () => {
    const { data: invite } = await server.api.get<{ code: string; inviteLink: string }>(at('/invite-link'));
    expect(invite.inviteLink).toBe(`https://chat.whatsapp.com/${invite.code}`);
    const { data: renewed } = await server.api.post<{ code: string }>(at('/invite-link/revoke'));
    expect(renewed.code).not.toBe(invite.code);
    await server.api.delete(`devices/budi/groups/${group}`);
    await agree();
    expect(await server.api.post('devices/budi/groups/join', { link: invite.inviteLink })).toMatchObject({
      status: 410,
      code: 'INVITE_INVALID',
    });
    const joined = await server.api.post('devices/budi/groups/join', { code: renewed.code });
    expect(joined.data).toEqual({ groupId: group, joined: true });
    await agree();
  });

  it('asks administrators first, where they want that', async () => {
    await server.api.patch(at(''), { joinApproval: true });
    await server.api.delete(`devices/budi/groups/${group}`);
    const { data: invite } = await server.api.get<{ code: string }>(at('/invite-link'));
    for (const decision of ['reject', 'approve']) {
      const asked = await server.api.post('devices/budi/groups/join', { code: invite.code });
      expect(asked.data).toEqual({ groupId: null, joined: false });
      const requests = await server.api.get<{ items: { phoneNumber: string }[] }>(at('/join-requests'));
      expect(requests.data.items).toMatchObject([{ phoneNumber: BUDI }]);
      const answered = await server.api.post<Results>(at(`/join-requests/${decision}`), {
        participants: [BUDI],
      });
      expect(answered.data.successCount).toBe(1);
    }
    expect(Object.keys(rolesIn(await info()))).toContain(BUDI);
    await agree();
  });

  it('is shown with its link in the reports', async () => {
    const { data } = await server.api.get<{ items: unknown[] }>('/api/whatsapp/groups/links/ana');
    expect(data.items).toEqual([
      {
        groupId: group,
        subject: 'The new shop',
        participantCount: (await info()).participantCount,
        inviteLink: expect.stringMatching(/^https:\/\/chat\.whatsapp\.com\//),
      },
    ]);
  });
});

describe('a message to a group', () => {
  it('is read by every member, and their answers come back', async () => {
    const { data } = await server.api.post<{ messageId: string }>('devices/ana/send-group-message', {
      groupId: group,
      message: 'to all of you',
    });
    for (const number of [CITRA, DEWI])
      await waitForMessage(simulator.phone(number), ({ text }) => text === 'to all of you');
    await server.waitForEvent(
      (event) =>
        event.type === 'message' &&
        event.deviceId === 'budi' &&
        JSON.stringify(event).includes(data.messageId),
    );
    await simulator.phone(DEWI).sendText(group, 'heard');
    const heard = await server.waitForEvent(
      (event) =>
        event.type === 'message' && event.deviceId === 'ana' && JSON.stringify(event).includes('"heard"'),
    );
    expect(JSON.stringify(heard)).toContain(`${DEWI}@s.whatsapp.net`);
  });

  it('names people where its placeholders are', async () => {
    const body = { message: 'Halo {m1}, {mention2} and {mention[0]}: {mentions}', mentions: [BUDI, CITRA] };
    expect((await server.api.post(at('/mention-message'), body)).status).toBe(200);
    const text = `Halo @${BUDI}, @${CITRA} and @${BUDI}: @${BUDI} @${CITRA}`;
    await waitForMessage(simulator.phone(CITRA), (message) => message.text === text);
    const nobody = { message: 'Halo {m3}', mentions: [BUDI] };
    expect(await server.api.post(at('/mention-message'), nobody)).toMatchObject({ status: 400 });
  });

  it('goes to whoever came in a moment ago', async () => {
    await server.api.post(at('/participants'), { participants: [EKA] });
    await server.api.post('devices/ana/send-group-message', { groupId: group, message: 'welcome' });
    await waitForMessage(simulator.phone(EKA), ({ text }) => text === 'welcome');
  });
});

describe('what cannot be done', () => {
  it('is refused with a reason', async () => {
    const unknown = '120363000000000000@g.us';
    expect(await server.api.get(`devices/ana/groups/${unknown}/info`)).toMatchObject({
      code: 'GROUP_NOT_FOUND',
    });
    expect(await server.api.patch(`devices/budi/groups/${group}`, { subject: 'mine now' })).toMatchObject({
      status: 409,
      code: 'GROUP_FORBIDDEN',
    });
    expect(await server.api.delete(at(`/participants/${NOBODY}`))).toMatchObject({
      status: 409,
      code: 'GROUP_REFUSED',
    });
    expect((await server.api.get('devices/ana/groups/abc/info')).status).toBe(400);
    expect((await server.api.patch(at(''), {})).status).toBe(400);
    expect((await server.api.post(at('/admins'), {})).status).toBe(400);
    expect((await server.api.post('devices/ana/groups', { subject: '', participants: [BUDI] })).status).toBe(
      400,
    );
    expect(await server.api.get('devices/nobody/groups')).toMatchObject({
      status: 404,
      code: 'DEVICE_NOT_FOUND',
    });
  });
});
