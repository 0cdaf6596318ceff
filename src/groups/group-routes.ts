import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope, NoData } from '../http/schemas.ts';
import * as schemas from './group-schemas.ts';
import { type GroupService, toLink } from './group-service.ts';

export interface GroupRoutesOptions {
  readonly groupService: GroupService;
}

/** Groups themselves: which there are, what they are called, how one gets in and out. */
export const groupRoutes: RoutePlugin<GroupRoutesOptions> = async (app, { groupService }) => {
  app.get('/devices/:deviceId/groups', listGroups, async (request) => {
    const items = await groupService.list(request.params.deviceId);
    return ok(request, { items, total: items.length });
  });

  app.post('/devices/:deviceId/groups', createGroup, async (request, reply) => {
    const { group, results } = await groupService.create(request.params.deviceId, request.body);
    reply.code(201);
    return ok(request, { group, ...counted(results) }, 'Group created');
  });

  app.get('/devices/:deviceId/groups/:groupId/info', getGroup, async (request) => {
    const { deviceId, groupId } = request.params;
    return ok(request, await groupService.info(deviceId, groupId));
  });

  app.patch('/devices/:deviceId/groups/:groupId', changeGroup, async (request) => {
    const { deviceId, groupId } = request.params;
    return ok(request, await groupService.change(deviceId, groupId, request.body), 'Group changed');
  });

  app.delete('/devices/:deviceId/groups/:groupId', leaveGroup, async (request) => {
    const { deviceId, groupId } = request.params;
    await groupService.leave(deviceId, groupId);
    return ok(request, null, 'Group left');
  });

  app.get('/devices/:deviceId/groups/:groupId/invite-link', getInvite, async (request) => {
    const { deviceId, groupId } = request.params;
    return ok(request, toInvite(await groupService.inviteCode(deviceId, groupId)));
  });

  app.post('/devices/:deviceId/groups/:groupId/invite-link/revoke', renewInvite, async (request) => {
    const { deviceId, groupId } = request.params;
    return ok(request, toInvite(await groupService.renewInvite(deviceId, groupId)), 'Invite link renewed');
  });

  app.post('/devices/:deviceId/groups/join', joinGroup, async (request) => {
    const groupId = await groupService.join(request.params.deviceId, request.body.code);
    return ok(request, { groupId, joined: groupId !== null }, groupId ? 'Group joined' : 'Joining asked for');
  });
};

/** How many of several people it worked for. */
export function counted<Result extends { readonly success: boolean }>(results: Result[]) {
  const successCount = results.filter(({ success }) => success).length;
  return { results, successCount, errorCount: results.length - successCount };
}

function toInvite(code: string) {
  return { code, inviteLink: toLink(code) };
}

const reading = { scope: 'message:read' } as const;
const managing = { scope: 'group:manage' } as const;
const tags = ['Groups'];
const params = schemas.GroupParams;

const listGroups = {
  config: reading,
  schema: {
    operationId: 'listGroups',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.GroupListSchema) },
  },
} as const;

const createGroup = {
  config: managing,
  schema: {
    operationId: 'createGroup',
    tags,
    params: DeviceParams,
    body: schemas.CreateGroupBody,
    response: { 201: envelope(schemas.CreatedGroupSchema) },
  },
} as const;

const getGroup = {
  config: reading,
  schema: { operationId: 'getGroup', tags, params, response: { 200: envelope(schemas.GroupSchema) } },
} as const;

const changeGroup = {
  config: managing,
  schema: {
    operationId: 'changeGroup',
    tags,
    params,
    body: schemas.ChangeGroupBody,
    response: { 200: envelope(schemas.GroupSchema) },
  },
} as const;

const leaveGroup = {
  config: managing,
  schema: { operationId: 'leaveGroup', tags, params, response: { 200: envelope(NoData) } },
} as const;

const getInvite = {
  config: managing,
  schema: {
    operationId: 'getInviteLink',
    tags,
    params,
    response: { 200: envelope(schemas.InviteSchema) },
  },
} as const;

const renewInvite = {
  config: managing,
  schema: {
    operationId: 'renewInviteLink',
    tags,
    description: 'A new link; the one before leads nowhere from now on.',
    params,
    response: { 200: envelope(schemas.InviteSchema) },
  },
} as const;

const joinGroup = {
  config: managing,
  schema: {
    operationId: 'joinGroup',
    tags,
    params: DeviceParams,
    body: schemas.JoinBody,
    response: { 200: envelope(schemas.JoinedSchema) },
  },
} as const;
