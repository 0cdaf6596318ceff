import type { z } from 'zod';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { User } from './user.ts';
import { CreateUserBody, UpdateUserBody, UserListSchema, UserParams, UserSchema } from './user-schemas.ts';
import type { UserEdit, UserService } from './user-service.ts';

/** `/users`: the people of this server, for administrators. Mounted under `/api/auth`. */
export const userRoutes: RoutePlugin<{ users: UserService }> = async (app, { users }) => {
  const common = { config: { scope: 'admin' as const } };
  const tags = ['People'];
  const response = { 200: envelope(UserSchema) };

  app.get(
    '/users',
    { ...common, schema: { operationId: 'listUsers', tags, response: { 200: envelope(UserListSchema) } } },
    async (request) => {
      const items = (await users.list()).map(toAnswer);
      return ok(request, { items, total: items.length });
    },
  );

  app.post(
    '/users',
    {
      ...common,
      schema: {
        operationId: 'createUser',
        tags,
        body: CreateUserBody,
        response: { 201: envelope(UserSchema) },
      },
    },
    async (request, reply) => {
      const user = await users.create(request.body);
      request.audited.target = `userId=${user.userId}`;
      return reply.code(201).send(ok(request, toAnswer(user), 'User created'));
    },
  );

  app.put(
    '/users/:userId',
    {
      ...common,
      schema: { operationId: 'updateUser', tags, params: UserParams, body: UpdateUserBody, response },
    },
    async (request) => {
      const edit = onlyNamed(request.body);
      request.audited.details = { changed: Object.keys(edit) };
      const user = await users.change(request.params.userId, edit);
      return ok(request, toAnswer(user), 'User changed');
    },
  );

  app.delete(
    '/users/:userId',
    { ...common, schema: { operationId: 'deleteUser', tags, params: UserParams, response } },
    async (request) => {
      const user = await users.remove(request.params.userId);
      return ok(request, toAnswer(user), 'User removed');
    },
  );
};

/** Only the fields the caller named: one left out is not a change. */
function onlyNamed(body: z.output<typeof UpdateUserBody>): UserEdit {
  const { name, email, role, status, password, deviceIds, locale } = body;
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(role !== undefined && { role }),
    ...(status !== undefined && { status }),
    ...(password !== undefined && { password }),
    ...(deviceIds !== undefined && { deviceIds }),
    ...(locale !== undefined && { locale }),
  };
}

function toAnswer(user: User): z.output<typeof UserSchema> {
  const { userId, name, email, role, status, locale } = user;
  return {
    userId,
    name,
    email,
    role,
    status,
    locale,
    deviceIds: user.deviceIds && [...user.deviceIds],
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  };
}
