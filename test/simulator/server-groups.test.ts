import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';
import { type GroupParty, joinParty, lidsOf, pnOf } from './group-parties.ts';

let simulator: TestSimulator;
let ana: GroupParty;
let budi: GroupParty;
let cici: GroupParty;

const NOBODY = '6289999999999@s.whatsapp.net';
const found = async (group: string) => {
  await budi.joined.waitFor(({ id }) => id === group);
  await ana.joined.waitFor(({ id }) => id === group);
};
const create = async (people: readonly GroupParty[] = [budi]) => {
  const { id } = await ana.socket().groupCreate('Team', people.map(pnOf));
  await found(id);
  return id;
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  [ana, budi, cici] = await Promise.all([
    joinParty(simulator, '6281200000001'),
    joinParty(simulator, '6281200000002'),
    joinParty(simulator, '6281200000003'),
  ]);
});
afterEach(async () => {
  await Promise.all([ana, budi, cici].map((party) => party.stop()));
  await simulator.close();
});

describe('a group', () => {
  it('is made by LID, with everybody who may be added, and they hear of it', async () => {
    const made = await ana.socket().groupCreate('Team', [pnOf(budi), cici.lid, NOBODY]);
    expect(made).toMatchObject({
      subject: 'Team',
      addressingMode: 'lid',
      owner: ana.lid,
      ownerPn: pnOf(ana),
      size: 3,
    });
    const heard = await cici.joined.waitFor(({ id }) => id === made.id);
    expect(heard.participants.map(({ id }) => id).toSorted()).toEqual(lidsOf([ana, budi, cici]));
    expect(heard.participants[0]).toMatchObject({ id: ana.lid, phoneNumber: pnOf(ana), admin: 'superadmin' });
    await found(made.id);
    const known = await budi.socket().groupMetadata(made.id);
    expect(known).toMatchObject({ subject: 'Team', announce: false, restrict: false, memberAddMode: true });
    const all = await budi.socket().groupFetchAllParticipating();
    expect(Object.keys(all)).toEqual([made.id]);
  });

  it('is shown to members only', async () => {
    const group = await create();
    await expect(cici.socket().groupMetadata(group)).rejects.toMatchObject({ data: 403 });
    await expect(ana.socket().groupMetadata('120363000000000000@g.us')).rejects.toMatchObject({ data: 404 });
    expect(await cici.socket().groupFetchAllParticipating()).toEqual({});
  });

  it('takes in people one by one: a result for each', async () => {
    const group = await create();
    await cici.socket().updateGroupsAddPrivacy('contacts');
    const people = [pnOf(cici), pnOf(budi), NOBODY];
    const [refused, present, unknown] = await ana.socket().groupParticipantsUpdate(group, people, 'add');
    expect([refused?.status, present?.status, unknown?.status]).toEqual(['403', '409', '404']);
    expect(refused).toMatchObject({ jid: cici.lid, content: { content: [{ tag: 'add_request' }] } });
    await cici.socket().updateGroupsAddPrivacy('all');
    const [added] = await ana.socket().groupParticipantsUpdate(group, [pnOf(cici)], 'add');
    expect(added).toMatchObject({ status: '200', jid: cici.lid });
    await cici.joined.waitFor(({ id }) => id === group);
    await budi.people.waitFor(({ action, people: [who] }) => action === 'add' && who === cici.lid);
  });

  it('offers a personal invitation to whom it may not add', async () => {
    const group = await create();
    await cici.socket().updateGroupsAddPrivacy('contacts');
    const [refused] = await ana.socket().groupParticipantsUpdate(group, [pnOf(cici)], 'add');
    const offer = Array.isArray(refused?.content.content) ? refused.content.content[0] : null;
    const { code = '', expiration = '0' } = offer?.attrs ?? {};
    const invite = { groupJid: group, inviteCode: code, inviteExpiration: Number(expiration) };
    await cici.socket().groupAcceptInviteV4(ana.lid, invite);
    await budi.people.waitFor(({ action, people: [who] }) => action === 'add' && who === cici.lid);
  });

  it('makes and unmakes admins, and throws people out', async () => {
    const group = await create([budi, cici]);
    const change = (who: GroupParty, action: 'promote' | 'demote' | 'remove', target: string) =>
      who.socket().groupParticipantsUpdate(group, [target], action);
    await expect(change(budi, 'remove', cici.lid)).rejects.toMatchObject({ data: 403 });
    expect(await change(ana, 'promote', pnOf(budi))).toMatchObject([{ status: '200' }]);
    await cici.people.waitFor(({ action, people: [who] }) => action === 'promote' && who === budi.lid);
    expect(await change(budi, 'remove', ana.lid)).toMatchObject([{ status: '405' }]);
    expect(await change(budi, 'remove', cici.lid)).toMatchObject([{ status: '200' }]);
    await cici.people.waitFor(({ action, people: [who] }) => action === 'remove' && who === cici.lid);
    expect(await change(budi, 'remove', cici.lid)).toMatchObject([{ status: '404' }]);
    expect(await change(ana, 'demote', budi.lid)).toMatchObject([{ status: '200' }]);
    await budi.people.waitFor(({ action }) => action === 'demote');
  });

  it('is left, and never without an admin', async () => {
    const group = await create([budi, cici]);
    await ana.socket().groupLeave(group);
    await budi.people.waitFor(({ action, people: [who] }) => action === 'remove' && who === ana.lid);
    await budi.people.waitFor(({ action, people: [who] }) => action === 'promote' && who === budi.lid);
    await expect(ana.socket().groupMetadata(group)).rejects.toMatchObject({ data: 403 });
    const { participants } = await cici.socket().groupMetadata(group);
    expect(participants.map(({ id, admin }) => [id, admin])).toEqual([
      [budi.lid, 'admin'],
      [cici.lid, null],
    ]);
  });

  it('has a subject and a description that members change, unless it is locked', async () => {
    const group = await create();
    await budi.socket().groupUpdateSubject(group, 'Team B');
    await ana.changed.waitFor(({ id, subject }) => id === group && subject === 'Team B');
    await budi.socket().groupUpdateDescription(group, 'What we do');
    await ana.changed.waitFor(({ desc }) => desc === 'What we do');
    expect(await ana.socket().groupMetadata(group)).toMatchObject({
      desc: 'What we do',
      descOwner: budi.lid,
    });
    await ana.socket().groupUpdateDescription(group);
    expect((await ana.socket().groupMetadata(group)).desc).toBeUndefined();
    await ana.socket().groupSettingUpdate(group, 'locked');
    await budi.changed.waitFor(({ restrict }) => restrict === true);
    await expect(budi.socket().groupUpdateSubject(group, 'No')).rejects.toMatchObject({ data: 403 });
    await ana.socket().groupSettingUpdate(group, 'unlocked');
    await budi.socket().groupUpdateSubject(group, 'Yes');
    await expect(budi.socket().groupUpdateSubject(group, 'x'.repeat(101))).rejects.toMatchObject({
      data: 406,
    });
  });

  it('has settings that admins change and members hear of', async () => {
    const group = await create();
    const socket = ana.socket();
    await expect(budi.socket().groupSettingUpdate(group, 'announcement')).rejects.toMatchObject({
      data: 403,
    });
    await socket.groupSettingUpdate(group, 'announcement');
    await budi.changed.waitFor(({ announce }) => announce === true);
    await socket.groupMemberAddMode(group, 'admin_add');
    await budi.changed.waitFor(({ memberAddMode }) => memberAddMode === false);
    await socket.groupToggleEphemeral(group, 86_400);
    await socket.groupJoinApprovalMode(group, 'on');
    await budi.changed.waitFor(({ joinApprovalMode }) => joinApprovalMode === true);
    expect(await budi.socket().groupMetadata(group)).toMatchObject({
      announce: true,
      memberAddMode: false,
      ephemeralDuration: 86_400,
      joinApprovalMode: true,
    });
    await expect(budi.socket().groupParticipantsUpdate(group, [pnOf(cici)], 'add')).rejects.toMatchObject({
      data: 403,
    });
    await socket.groupToggleEphemeral(group, 0);
    expect((await socket.groupMetadata(group)).ephemeralDuration).toBeUndefined();
  });
});

describe('the link of a group', () => {
  it('is shown to admins, lets people in, and is worthless once it was renewed', async () => {
    const group = await create();
    await expect(budi.socket().groupInviteCode(group)).rejects.toMatchObject({ data: 401 });
    const code = (await ana.socket().groupInviteCode(group)) ?? '';
    expect(await cici.socket().groupGetInviteInfo(code)).toMatchObject({
      id: group,
      subject: 'Team',
      size: 2,
    });
    const renewed = (await ana.socket().groupRevokeInvite(group)) ?? '';
    await expect(cici.socket().groupGetInviteInfo(code)).rejects.toMatchObject({ data: 410 });
    await expect(cici.socket().groupAcceptInvite('nonsense')).rejects.toMatchObject({ data: 406 });
    expect(await cici.socket().groupAcceptInvite(renewed)).toBe(group);
    await cici.joined.waitFor(({ id }) => id === group);
    await budi.people.waitFor(({ action, people: [who] }) => action === 'add' && who === cici.lid);
    await expect(cici.socket().groupAcceptInvite(renewed)).rejects.toMatchObject({ data: 409 });
  });

  it('leads to a request where admins decide', async () => {
    const group = await create();
    await ana.socket().groupJoinApprovalMode(group, 'on');
    const code = (await ana.socket().groupInviteCode(group)) ?? '';
    expect(await cici.socket().groupAcceptInvite(code)).toBeUndefined();
    await ana.requests.waitFor(({ action, participant }) => action === 'created' && participant === cici.lid);
    const [waiting] = await ana.socket().groupRequestParticipantsList(group);
    expect(waiting).toMatchObject({ jid: cici.lid, phone_number: pnOf(cici), request_method: 'invite_link' });
    await expect(budi.socket().groupRequestParticipantsList(group)).rejects.toMatchObject({ data: 403 });
    const decide = (action: 'approve' | 'reject') =>
      ana.socket().groupRequestParticipantsUpdate(group, [cici.lid], action);
    expect(await decide('reject')).toEqual([{ jid: cici.lid, status: '200' }]);
    expect(await decide('approve')).toEqual([{ jid: cici.lid, status: '404' }]);
    await cici.socket().groupAcceptInvite(code);
    expect(await decide('approve')).toEqual([{ jid: cici.lid, status: '200' }]);
    await cici.joined.waitFor(({ id }) => id === group);
    expect(await ana.socket().groupRequestParticipantsList(group)).toEqual([]);
  });
});
