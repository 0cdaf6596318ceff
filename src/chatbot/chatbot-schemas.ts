import { z } from 'zod';
import { CHATBOT_STATUSES, TURN_STATUSES } from './chatbot.ts';

const PhoneText = z.string().trim().min(3).max(40);
const Status = z.enum(CHATBOT_STATUSES);
const EndpointUrl = z.string().trim().min(1).max(2000);

export const ChatbotParams = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
export const ChatbotNumberParams = z.object({ whatsapp_number: PhoneText });

export const CreateChatbotBody = z
  .object({
    sender_number: PhoneText.describe('The number of ours the bot answers for.'),
    status: Status.default('aktif'),
    session_id: z
      .union([z.string().trim().min(1).max(50), z.number().int().positive().transform(String)])
      .optional()
      .describe('deviceId or number of the device record; without it the device that has the number.'),
    endpoint_url: EndpointUrl.optional(),
    answers_groups: z.boolean().default(false).describe('Whether messages in groups are answered too.'),
  })
  .meta({ id: 'CreateChatbot' });

export const ChatbotStatusBody = z.object({ status: Status }).meta({ id: 'ChatbotStatus' });

export const ChatbotEndpointBody = z
  .object({ endpoint_url: EndpointUrl.nullable(), answers_groups: z.boolean().optional() })
  .meta({ id: 'ChatbotEndpoint' });

export const ListChatbotsQuery = z.object({
  whatsapp_number: PhoneText.optional(),
  status: Status.optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});

export const ListTurnsQuery = z.object({
  status: z.enum(TURN_STATUSES).optional(),
  cursor: z
    .string()
    .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'an id of this server')
    .optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});

export const ChatbotSchema = z
  .object({
    id: z.number().int(),
    sender_number: z.string(),
    status: Status,
    session_id: z.string().nullable(),
    endpoint_url: z.string().nullable(),
    answers_groups: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Chatbot' });

export const IssuedChatbotSchema = ChatbotSchema.extend({
  secret: z.string().describe('Signs what is posted to the endpoint; shown this once.'),
}).meta({ id: 'IssuedChatbot' });

export const ChatbotListSchema = z.object({
  items: z.array(ChatbotSchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
});

export const TrialSchema = z
  .object({
    ok: z.boolean(),
    status: z.number().int().nullable(),
    reason: z.string().nullable(),
    replies: z.array(z.string()),
    took_ms: z.number().int(),
  })
  .meta({ id: 'ChatbotTrial' });

const TurnSchema = z
  .object({
    turn_id: z.string(),
    session_id: z.string(),
    chat: z.string(),
    message_id: z.string(),
    event_id: z.string(),
    status: z.enum(TURN_STATUSES),
    reason: z.string().nullable(),
    attempts: z.number().int(),
    replies: z.number().int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ChatbotTurn' });

export const TurnListSchema = z.object({ items: z.array(TurnSchema), nextCursor: z.string().nullable() });
