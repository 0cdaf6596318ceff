import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';
import { SCOPES } from '../http/scopes.ts';

const Name = z.string().trim().min(1).max(100);
const Scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);
const DeviceIds = z
  .array(DeviceIdSchema)
  .min(1)
  .max(1000)
  .describe('the only devices the key may touch; null means every device');
const ExpiresAt = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time such as 2027-01-31T00:00:00Z' })
  .transform((text) => new Date(text));

export const TokenParams = z.object({ tokenId: z.string().min(1).max(26) });

export const CreateTokenBody = z
  .object({
    name: Name,
    scopes: Scopes,
    deviceIds: DeviceIds.nullable().default(null),
    expiresAt: ExpiresAt.nullable().default(null),
  })
  .meta({ id: 'CreateToken' });

export const UpdateTokenBody = z
  .object({
    name: Name.optional(),
    scopes: Scopes.optional(),
    deviceIds: DeviceIds.nullable().optional(),
    expiresAt: ExpiresAt.nullable().optional(),
  })
  .meta({ id: 'UpdateToken' });

/** A key as callers see it; neither the secret nor its hash. */
export const TokenSchema = z
  .object({
    tokenId: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    deviceIds: z.array(z.string()).nullable(),
    status: z.enum(['active', 'expired', 'revoked']),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'Token' });

export const IssuedTokenSchema = TokenSchema.extend({
  token: z.string().describe('shown this once; it cannot be read again'),
}).meta({ id: 'IssuedToken' });

export const TokenListSchema = z.object({ items: z.array(TokenSchema), total: z.number().int() });
