import { z } from 'zod';

const count = z.number().int();
const Counts = z.record(z.string(), count);

const Check = z.object({
  name: z.string(),
  ok: z.boolean(),
  why: z.string().nullable().describe('for administrators'),
});

const Outbox = z.object({
  queued: count,
  sending: count,
  held: count,
  oldestDueMs: count.describe('how long the single message that goes next has been due'),
  oldestDueOfConnectedMs: count.describe('the same of connected devices'),
});

const Warning = z.object({
  code: z.string(),
  message: z.string(),
  devices: count,
  deviceIds: z.array(z.string()).readonly().describe('the first of them'),
});

const Details = z.object({
  node: z.string(),
  role: z.string(),
  mode: z.object({ database: z.string(), wakeups: z.string() }),
  whatsAppVersion: z.string().nullable(),
  webhooks: Counts.readonly().nullable(),
  events: z.object({ last: count.nullable() }),
  media: z.object({ usedBytes: count.nullable(), quotaBytes: count }),
  process: z.object({
    rssBytes: count,
    heapUsedBytes: count,
    loopLagMs: count.describe('the worst of the last minute'),
  }),
  configurationWarnings: z.array(z.string()).readonly(),
});

/** What could not be had now is null. */
export const SystemSchema = z
  .object({
    version: z.string(),
    uptime: count.describe('seconds'),
    sandbox: z.boolean(),
    checks: z.array(Check).readonly(),
    devices: z.object({ total: count, byStatus: Counts.readonly() }).nullable(),
    outbox: Outbox.nullable().describe('null also for keys and people limited to some devices'),
    jobs: Counts.readonly().nullable().describe('as outbox'),
    warnings: z.array(Warning).readonly(),
    details: Details.nullable().describe('for administrators'),
  })
  .meta({ id: 'System' });
