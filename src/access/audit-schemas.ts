import { z } from 'zod';

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const Time = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time such as 2027-01-31T00:00:00Z' })
  .transform((text) => new Date(text));

export const AuditQuery = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().regex(ULID, 'the nextCursor of an earlier answer').optional(),
  actor: z.string().min(1).max(26).optional().describe('the id of a person or a key'),
  action: z.string().min(1).max(100).optional().describe('the operationId of a route'),
  from: Time.optional(),
  to: Time.optional().describe('this time itself is left out'),
});

const AuditEntrySchema = z
  .object({
    auditId: z.string(),
    at: z.string(),
    actor: z.object({
      kind: z.enum(['user', 'key', 'anonymous']),
      id: z.string().nullable(),
      name: z.string().nullable(),
    }),
    action: z.string(),
    target: z.string().nullable(),
    status: z.number().int(),
    ip: z.string(),
    requestId: z.string(),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'AuditEntry' });

export const AuditPageSchema = z.object({
  items: z.array(AuditEntrySchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
});
