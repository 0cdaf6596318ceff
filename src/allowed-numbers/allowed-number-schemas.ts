import { z } from 'zod';

const Status = z.enum(['aktif', 'nonaktif']);

const SessionId = z
  .union([z.string().trim().min(1).max(50), z.int().min(1)])
  .transform(String)
  .describe('The record number or the deviceId');

export const AllowedNumberParams = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });

export const ListAllowedNumbersQuery = z.object({
  status: Status.optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});

export const AddAllowedNumberBody = z
  .object({
    whatsapp_number: z.string().trim().min(3).max(80),
    status: Status.default('aktif'),
    session_id: SessionId.nullable().optional(),
  })
  .meta({ id: 'AddAllowedNumber' });

export const AllowedNumberStatusBody = z.object({ status: Status }).meta({ id: 'AllowedNumberStatus' });

export const AllowedNumberSchema = z
  .object({
    id: z.number().int(),
    whatsapp_number: z.string(),
    status: Status,
    session_id: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'AllowedNumber' });

export const AllowedNumberListSchema = z.object({
  items: z.array(AllowedNumberSchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
});
