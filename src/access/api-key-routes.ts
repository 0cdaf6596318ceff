import type { z } from 'zod';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { Clock } from '../shared/clock.ts';
import { type ApiKey, isUsable } from './api-key.ts';
import {
  CreateTokenBody,
  IssuedTokenSchema,
  TokenListSchema,
  TokenParams,
  TokenSchema,
  UpdateTokenBody,
} from './api-key-schemas.ts';
import type { ApiKeyService, KeyOrder } from './api-key-service.ts';

interface ApiKeyRoutesDeps {
  apiKeys: ApiKeyService;
  clock: Clock;
}

/** `/tokens`: the keys of this server, for administrators. Mounted under `/api/auth`. */
export const apiKeyRoutes: RoutePlugin<ApiKeyRoutesDeps> = async (app, { apiKeys, clock }) => {
  const common = { config: { scope: 'admin' as const } };
  const tags = ['Keys'];

  app.get(
    '/tokens',
    {
      ...common,
      schema: { operationId: 'listTokens', tags, response: { 200: envelope(TokenListSchema) } },
    },
    async (request) => {
      const items = (await apiKeys.list()).map((key) => toToken(key, clock.now()));
      return ok(request, { items, total: items.length });
    },
  );

  app.post(
    '/tokens',
    {
      ...common,
      schema: {
        operationId: 'createToken',
        tags,
        body: CreateTokenBody,
        response: { 201: envelope(IssuedTokenSchema) },
      },
    },
    async (request, reply) => {
      const { key, secret } = await apiKeys.issue(request.body);
      request.audited.target = `tokenId=${key.id}`;
      const token = { ...toToken(key, clock.now()), token: secret };
      return reply.code(201).send(ok(request, token, 'Token created; it is shown only now'));
    },
  );

  app.put(
    '/tokens/:tokenId',
    {
      ...common,
      schema: {
        operationId: 'updateToken',
        tags,
        params: TokenParams,
        body: UpdateTokenBody,
        response: { 200: envelope(TokenSchema) },
      },
    },
    async (request) => {
      const key = await apiKeys.change(request.params.tokenId, toChanges(request.body));
      return ok(request, toToken(key, clock.now()), 'Token changed');
    },
  );

  app.delete(
    '/tokens/:tokenId',
    {
      ...common,
      schema: {
        operationId: 'revokeToken',
        tags,
        params: TokenParams,
        response: { 200: envelope(TokenSchema) },
      },
    },
    async (request) => {
      const key = await apiKeys.revoke(request.params.tokenId);
      return ok(request, toToken(key, clock.now()), 'Token revoked');
    },
  );
};

/** Only the fields the caller named: one left out is not a change. */
function toChanges({
  name,
  scopes,
  deviceIds,
  expiresAt,
}: z.output<typeof UpdateTokenBody>): Partial<KeyOrder> {
  return {
    ...(name !== undefined && { name }),
    ...(scopes !== undefined && { scopes }),
    ...(deviceIds !== undefined && { deviceIds }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function toToken(key: ApiKey, now: Date): z.output<typeof TokenSchema> {
  return {
    tokenId: key.id,
    name: key.name,
    scopes: [...key.scopes],
    deviceIds: key.deviceIds && [...key.deviceIds],
    status: statusOf(key, now),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
  };
}

function statusOf(key: ApiKey, now: Date): 'active' | 'expired' | 'revoked' {
  if (key.revokedAt) return 'revoked';
  return isUsable(key, now) ? 'active' : 'expired';
}
