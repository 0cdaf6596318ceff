import { z } from 'zod';

const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  service: z.string(),
  version: z.string(),
  port: z.number().int(),
  uptime: z.number().int().describe('seconds'),
  connection: z.object({
    status: z.string(),
    hasSession: z.boolean(),
    connected: z.boolean(),
    phone: z.string().nullable().optional().describe('only for callers with a key that may see the device'),
  }),
  devices: z.object({ total: z.number().int(), byStatus: z.record(z.string(), z.number().int()) }),
  recipients: z.number().int(),
  memory: z.object({ used: z.number().int(), total: z.number().int(), unit: z.literal('MB') }),
});

export type Health = z.infer<typeof Health>;

/** The fields stand beside the envelope and inside its `data`: monitors written for either shape find them. */
export const HealthAnswer = Health.extend({
  success: z.literal(true),
  message: z.string(),
  data: Health,
  timestamp: z.string(),
}).meta({ id: 'Health' });

export const Readiness = z
  .object({ ready: z.literal(true), checks: z.record(z.string(), z.literal('ok')) })
  .meta({ id: 'Readiness' });
