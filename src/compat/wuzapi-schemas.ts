import { z } from 'zod';
import type { Failure } from '../http/envelope.ts';
import type { WaMessageId } from '../shared/ids.ts';

/** What wuzapi wraps every success in. */
export function wuzapiAnswer<Data extends z.ZodType>(data: Data) {
  return z.object({ code: z.literal(200), data, success: z.literal(true) });
}

const WuzapiFailure = z
  .object({
    code: z.int(),
    error: z.string(),
    errorCode: z.string().describe('docs/errors.md lists them'),
    success: z.literal(false),
  })
  .meta({ id: 'WuzapiFailure' });

/** The failures of every route of this face, as its schemas list them. */
export const WUZAPI_FAILURES = { '4xx': WuzapiFailure, '5xx': WuzapiFailure } as const;

export function wuzapiFailure({ message, error }: Failure, status: number) {
  return { code: status, error: message, errorCode: error.code, success: false };
}

export const ConnectBody = z
  .object({
    Subscribe: z.array(z.string().max(50)).max(50).optional(),
    Immediate: z.boolean().optional(),
  })
  .nullish();

export const ConnectData = z.object({
  details: z.string(),
  events: z.string(),
  jid: z.string(),
  webhook: z.string(),
});

export const StatusData = z.object({
  id: z.string(),
  name: z.string(),
  connected: z.boolean().describe('A socket to WhatsApp is being opened or open'),
  loggedIn: z.boolean().describe('The device is linked and can send'),
  Connected: z.boolean(),
  LoggedIn: z.boolean(),
  jid: z.string(),
  status: z.string(),
});

export const DetailsData = z.object({ Details: z.string() });
export const QrData = z.object({ QRCode: z.string() });
export const PairPhoneBody = z.object({ Phone: z.string().trim().min(5).max(40) });
export const PairPhoneData = z.object({ LinkingCode: z.string() });

const Phone = z.string().trim().min(3).max(80);
/** What makes a repeated request the same one; a WhatsApp id of the caller's own choosing is not taken. */
const Id = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/)
  .optional();
const MessageId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/)
  .transform((text) => text as WaMessageId);
const ContextInfo = z
  .object({ StanzaId: MessageId.optional(), MentionedJID: z.array(z.string().max(80)).max(256).optional() })
  .nullish();
const Sending = { Phone, Id, ContextInfo } as const;

export const TextBody = z.object({ ...Sending, Body: z.string().min(1).max(4096) });

/** The file itself was put on the disk before: `file` stands for what `Image`, `Audio`, `Video` or `Document` held. */
export const FileBody = z.object({
  ...Sending,
  file: z.unknown(),
  mimetype: z.string().max(100).optional(),
  Caption: z.string().max(1024).optional(),
  FileName: z.string().min(1).max(255).optional(),
  PTT: z.boolean().optional(),
});

export const SentData = z.object({
  Details: z.string(),
  Id: z.string().describe('The WhatsApp id of the message'),
  Timestamp: z.string(),
  Status: z.string(),
});

export const CheckBody = z.object({ Phone: z.array(z.string().min(1).max(80)).min(1).max(100) });
export const CheckData = z.object({
  Users: z.array(
    z.object({
      Query: z.string(),
      IsInWhatsapp: z.boolean(),
      JID: z.string(),
      VerifiedName: z.string(),
    }),
  ),
});
