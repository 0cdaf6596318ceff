import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { counted, type GroupRoutesOptions } from './group-routes.ts';
import * as schemas from './group-schemas.ts';
import type { PersonResult } from './group-service.ts';

type Action = Parameters<GroupRoutesOptions['groupService']['changeParticipants']>[2]['action'];

interface Named {
  readonly deviceId: DeviceId;
  readonly groupId: string;
}

/** The people of a group: members, administrators, and those who want to join. */
export const participantRoutes: RoutePlugin<GroupRoutesOptions> = async (app, { groupService }) => {
  const group = '/devices/:deviceId/groups/:groupId';
  const change = ({ deviceId, groupId }: Named, action: Action, participants: readonly string[]) =>
    groupService.changeParticipants(deviceId, groupId, { action, participants });

  app.post(`${group}/participants`, addParticipants, async (request) =>
    ok(request, counted(await change(request.params, 'add', request.body.participants))),
  );
  app.delete(`${group}/participants/:person`, removeParticipant, async (request) => {
    const results = await change(request.params, 'remove', [request.params.person]);
    return ok(request, counted(done(results)), 'Participant removed');
  });
  app.post(`${group}/admins`, promoteAdmins, async (request) =>
    ok(request, counted(await change(request.params, 'promote', request.body.participants))),
  );
  app.delete(`${group}/admins/:person`, demoteAdmin, async (request) => {
    const results = await change(request.params, 'demote', [request.params.person]);
    return ok(request, counted(done(results)), 'Administrator demoted');
  });

  app.get(`${group}/join-requests`, listJoinRequests, async (request) => {
    const { deviceId, groupId } = request.params;
    const items = await groupService.joinRequests(deviceId, groupId);
    return ok(request, { items, total: items.length });
  });
  for (const decision of ['approve', 'reject'] as const) {
    app.post(`${group}/join-requests/${decision}`, answerJoinRequests(decision), async (request) => {
      const { deviceId, groupId } = request.params;
      const { participants } = request.body;
      const results = await groupService.answerJoinRequests(deviceId, groupId, { decision, participants });
      return ok(request, counted(results));
    });
  }
};

/** Whoever asked about one person is told what is wrong with that one. */
function done(results: PersonResult[]): PersonResult[] {
  const [result] = results;
  if (!result?.error) return results;
  if (result.jid === null) throw new AppError('RECIPIENT_INVALID');
  throw new AppError('GROUP_REFUSED', {
    code: Number(result.error.code.slice(3)),
    reason: result.error.message,
  });
}

const managing = { scope: 'group:manage' } as const;
const tags = ['Groups'];
const results = { 200: envelope(schemas.PersonResultsSchema) } as const;

const addParticipants = {
  config: managing,
  schema: {
    operationId: 'addParticipants',
    tags,
    description: 'A result for each: settings may forbid it, then an invite link is the way.',
    params: schemas.GroupParams,
    body: schemas.ParticipantsBody,
    response: results,
  },
} as const;

const removeParticipant = {
  config: managing,
  schema: { operationId: 'removeParticipant', tags, params: schemas.PersonParams, response: results },
} as const;

const promoteAdmins = {
  config: managing,
  schema: {
    operationId: 'promoteAdmins',
    tags,
    description: 'Makes members administrators: `adminJid` for one, `participants` for several.',
    params: schemas.GroupParams,
    body: schemas.AdminsBody,
    response: results,
  },
} as const;

const demoteAdmin = {
  config: managing,
  schema: { operationId: 'demoteAdmin', tags, params: schemas.PersonParams, response: results },
} as const;

const listJoinRequests = {
  config: managing,
  schema: {
    operationId: 'listJoinRequests',
    tags,
    params: schemas.GroupParams,
    response: { 200: envelope(schemas.JoinRequestsSchema) },
  },
} as const;

function answerJoinRequests(decision: 'approve' | 'reject') {
  return {
    config: managing,
    schema: {
      operationId: `${decision}JoinRequests`,
      tags,
      params: schemas.GroupParams,
      body: schemas.ParticipantsBody,
      response: results,
    },
  } as const;
}
