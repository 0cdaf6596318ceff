import { z } from 'zod';
import { isTopicFilter } from '../config/config-schema.ts';
import { EscalateSchema, ListName, PoolSchema } from './alert-schemas.ts';

const MOST_TOPICS = 100;

const TopicSchema = z.object({
  filter: z
    .string()
    .trim()
    .refine(isTopicFilter, 'a topic of MQTT of at most 200 characters; + stands for a level, # for the rest'),
  list: ListName,
  message: z
    .string()
    .trim()
    .min(1)
    .max(1_000)
    .nullable()
    .default(null)
    .describe('What people read when the message of the broker has no text; else its topic'),
  escalate: EscalateSchema.nullable().default(null),
  requiresAck: z.boolean().default(false),
  pool: PoolSchema.default('system'),
});

export const TopicsBody = z
  .object({ topics: z.array(TopicSchema).max(MOST_TOPICS) })
  .meta({ id: 'AlertTopics' });

/** What was stored, perhaps by another version. */
export const StoredTopics = z.array(TopicSchema);

export const TopicsSchema = z
  .object({
    configured: z.boolean().describe('MQTT_URL is set'),
    listening: z.boolean().describe('Some process of this server follows the broker'),
    from: z.enum(['configuration', 'stored']),
    topics: z.array(
      z.object({
        filter: z.string(),
        list: z.union([z.number(), z.string()]),
        message: z.string().nullable(),
        escalate: z.object({ list: z.union([z.number(), z.string()]), afterSeconds: z.number() }).nullable(),
        requiresAck: z.boolean(),
        pool: z.union([z.string(), z.array(z.string())]),
      }),
    ),
  })
  .meta({ id: 'AlertTopicsState' });
