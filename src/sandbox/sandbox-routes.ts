import type { z } from 'zod';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import * as answers from './sandbox-answer-schemas.ts';
import * as schemas from './sandbox-schemas.ts';
import type { SandboxService } from './sandbox-service.ts';

interface SandboxRoutesOptions {
  sandbox: SandboxService;
}

/** Simulated phones, for administrators who have none at hand. Mounted under `/api/sandbox`, in the sandbox only. */
export const sandboxRoutes: RoutePlugin<SandboxRoutesOptions> = async (app, { sandbox }) => {
  app.get('/phones', listPhones, async (request) => {
    return ok(request, await sandbox.phones(request.access.mayUse));
  });

  app.post('/phones', createPhone, async (request, reply) => {
    const phone = await sandbox.createPhone(request.body, request.access.mayUse);
    return reply.code(201).send(ok(request, phone, 'Phone created'));
  });

  app.get('/phones/:phone', getPhone, async (request) =>
    ok(request, await sandbox.phone(request.params.phone, request.access.mayUse)),
  );

  app.post('/phones/:phone/scan', scan, async (request) => {
    const linked = await sandbox.scan(request.params.phone, request.body.deviceId);
    return ok(request, linked, 'The phone scanned the code');
  });

  app.post('/phones/:phone/pairing-code', typePairingCode, async (request) => {
    const linked = await sandbox.typePairingCode(request.params.phone, request.body.deviceId);
    return ok(request, linked, 'The code was typed into the phone');
  });

  app.delete('/phones/:phone/devices/:device', unlink, async (request) => {
    const { phone, device } = request.params;
    return ok(request, await sandbox.unlink(phone, device, request.access.mayUse), 'Device unlinked');
  });

  app.post('/phones/:phone/devices/:device/end', endConnection, async (request) => {
    const { phone, device } = request.params;
    return ok(request, await sandbox.endConnection(phone, device, request.body), 'Connection ended');
  });

  app.get('/phones/:phone/groups', listGroups, async (request) =>
    ok(request, await sandbox.groups(request.params.phone)),
  );

  app.post('/phones/:phone/groups', createGroup, async (request, reply) => {
    const made = await sandbox.createGroup(request.params.phone, request.body);
    return reply.code(201).send(ok(request, made, 'Group created'));
  });

  app.post('/phones/:phone/groups/:groupId/members', addMembers, async (request) => {
    const { phone, groupId } = request.params;
    return ok(request, await sandbox.addMembers(phone, groupId, request.body.members));
  });
};

const config = { scope: 'admin' } as const;
const tags = ['Sandbox'];

const listPhones = {
  config,
  schema: { operationId: 'listSandboxPhones', tags, response: { 200: envelope(answers.PhoneListSchema) } },
} as const;

const createPhone = {
  config,
  schema: {
    operationId: 'createSandboxPhone',
    tags,
    body: schemas.CreatePhoneBody,
    response: { 201: envelope(answers.PhoneSchema) },
  },
} as const;

const getPhone = {
  config,
  schema: {
    operationId: 'getSandboxPhone',
    tags,
    params: schemas.PhoneParams,
    response: { 200: envelope(answers.PhoneSchema) },
  },
} as const;

function link<const Id extends string>(operationId: Id, description: string) {
  return {
    config,
    schema: {
      operationId,
      tags,
      description,
      params: schemas.PhoneParams,
      body: schemas.LinkBody,
      response: { 200: envelope(answers.LinkedSchema) },
    },
  } as const;
}

const scan = link('scanWithSandboxPhone', 'The phone scans the QR code that the device shows.');
const typePairingCode = link(
  'typePairingCodeIntoSandboxPhone',
  'The pairing code of the device is typed into the phone; one is asked for when it shows none.',
);

function onLinkedDevice<const Id extends string, Data extends z.ZodType>(operationId: Id, data: Data) {
  return {
    operationId,
    tags,
    params: schemas.LinkedDeviceParams,
    response: { 200: envelope(data) },
  } as const;
}

const unlink = { config, schema: onLinkedDevice('unlinkFromSandboxPhone', answers.PhoneSchema) } as const;

const endConnection = {
  config,
  schema: { ...onLinkedDevice('endSandboxConnection', answers.EndedSchema), body: schemas.EndBody },
} as const;

const listGroups = {
  config,
  schema: {
    operationId: 'listSandboxGroups',
    tags,
    params: schemas.PhoneParams,
    response: { 200: envelope(answers.GroupListSchema) },
  },
} as const;

const createGroup = {
  config,
  schema: {
    operationId: 'createSandboxGroup',
    tags,
    params: schemas.PhoneParams,
    body: schemas.CreateGroupBody,
    response: { 201: envelope(answers.CreatedGroupSchema) },
  },
} as const;

const addMembers = {
  config,
  schema: {
    operationId: 'addSandboxGroupMembers',
    tags,
    params: schemas.PhoneGroupParams,
    body: schemas.AddMembersBody,
    response: { 200: envelope(answers.MemberResultsSchema) },
  },
} as const;
