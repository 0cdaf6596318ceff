import { PhoneError } from '../phone/phone-error.ts';
import type { GroupRecord } from '../state/group-record.ts';
import type { ControlPlugin } from './control-plugin.ts';
import * as schemas from './control-schemas.ts';

/** Groups: those there are, and a phone's way into and out of them. */
export const groupRoutes: ControlPlugin = async (app, { core, phones }) => {
  const params = schemas.PhoneGroupParams;
  const groupsOf = (phone: string) => phones.get(phone).groups;

  app.get('/groups', async () => ({ groups: core.listGroups().map(groupView) }));
  app.get('/groups/:group', { schema: { params: schemas.GroupParams } }, async ({ params: { group } }) => {
    const found = core.findGroup(group);
    if (!found) throw new PhoneError('GROUP_NOT_FOUND', 'There is no group with this address');
    return groupView(found);
  });
  app.get(
    '/phones/:phone/groups',
    { schema: { params: schemas.PhoneParams } },
    async ({ params: { phone } }) => ({
      groups: groupsOf(phone).list().map(groupView),
    }),
  );
  app.post(
    '/phones/:phone/groups',
    { schema: { params: schemas.PhoneParams, body: schemas.CreateGroupBody } },
    async ({ params: { phone }, body }, reply) => {
      const { group, refused } = await groupsOf(phone).create(body);
      return reply.code(201).send({ group: groupView(group), refused });
    },
  );
  app.post(
    '/phones/:phone/groups/join',
    { schema: { params: schemas.PhoneParams, body: schemas.JoinBody } },
    async ({ params: { phone }, body: { code } }) => {
      const group = await groupsOf(phone).join(code);
      return { group, joined: group !== null };
    },
  );
  app.patch(
    '/phones/:phone/groups/:group',
    { schema: { params, body: schemas.ChangeGroupBody } },
    async ({ params: { phone, group }, body }) => groupView(await groupsOf(phone).change(group, body)),
  );
  app.delete('/phones/:phone/groups/:group', { schema: { params } }, async ({ params: { phone, group } }) => {
    await groupsOf(phone).leave(group);
    return { left: group };
  });
};

/** What a member does with a group: its people, its link, who may join. */
export const memberRoutes: ControlPlugin = async (app, { phones }) => {
  const params = schemas.PhoneGroupParams;
  const groupsOf = (phone: string) => phones.get(phone).groups;

  app.post(
    '/phones/:phone/groups/:group/members',
    { schema: { params, body: schemas.MembersBody } },
    async ({ params: { phone, group }, body: { action, members } }) => ({
      results: await groupsOf(phone).changeMembers(group, action, members),
    }),
  );
  app.get(
    '/phones/:phone/groups/:group/invite',
    { schema: { params } },
    async ({ params: { phone, group } }) => inviteView(await groupsOf(phone).inviteCode(group, 'show')),
  );
  app.post(
    '/phones/:phone/groups/:group/invite',
    { schema: { params } },
    async ({ params: { phone, group } }) => inviteView(await groupsOf(phone).inviteCode(group, 'renew')),
  );
  app.post(
    '/phones/:phone/groups/:group/requests',
    { schema: { params, body: schemas.DecisionBody } },
    async ({ params: { phone, group }, body: { decision, people } }) => ({
      results: await groupsOf(phone).decide(group, decision, people),
    }),
  );
  app.put(
    '/phones/:phone/privacy',
    { schema: { params: schemas.PhoneParams, body: schemas.PrivacyBody } },
    async ({ params: { phone }, body }) => {
      await phones.get(phone).setGroupAdds(body.groupAdds);
      return body;
    },
  );
};

/** A group as a person reads it: the address instead of the bare id, and no codes but the valid one. */
function groupView({ id, subject, description, revokedCodes: _, ...group }: GroupRecord) {
  return { id: `${id}@g.us`, subject: subject.text, description: description?.text ?? null, ...group };
}

function inviteView(code: string) {
  return { code, link: `https://chat.whatsapp.com/${code}` };
}
