import { z } from 'zod';
import type { Failure } from '../http/envelope.ts';
import { DeviceParams } from '../http/schemas.ts';

const FlatFailure = z
  .object({
    success: z.literal(false),
    message: z.string(),
    error: z.string().describe('The same as message'),
    errorCode: z.string().describe('docs/errors.md lists them'),
  })
  .meta({ id: 'FlatFailure' });

/** The failures of every route that answers without an envelope. */
export const FLAT_FAILURES = { '4xx': FlatFailure, '5xx': FlatFailure } as const;

export function flatFailure({ message, error }: Failure) {
  return { success: false, message, error: message, errorCode: error.code };
}

const Done = { success: z.literal(true), message: z.string() } as const;
export const DoneSchema = z.object(Done);

const Phone = z.string().trim().min(5).max(40);

export const StartBody = z
  .object({
    method: z.enum(['pairing', 'qr']).default('pairing'),
    phoneNumber: Phone.optional().describe('With the method pairing'),
  })
  .nullish()
  .transform((body) => body ?? { method: 'pairing' as const, phoneNumber: undefined });

export const StartedSchema = z.object({
  ...Done,
  status: z.string(),
  method: z.string(),
  pairingCode: z.string().nullable(),
  expiresIn: z.number().nullable(),
});

export const StopQuery = z.object({
  logout: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('true: also unlinks the device at WhatsApp'),
});

export const SessionDeletedSchema = z.object({ ...Done, recipientsPreserved: z.int() });

export const SingleStatusSchema = z.object({
  deviceId: z.string(),
  status: z.string(),
  phone: z.string().nullable(),
  syncProgress: z.number(),
  lastActivity: z.number().nullable().describe('Milliseconds since 1970'),
  authMethod: z.string().nullable(),
  pairingCode: z.string().nullable(),
  qrCode: z.string().nullable(),
  hasSession: z.boolean(),
  connected: z.boolean(),
  recipientCount: z.int(),
});

export const PageStatusSchema = z.object({
  authenticated: z.boolean(),
  connecting: z.boolean(),
  hasQR: z.boolean(),
  connectedClients: z.int().describe('Open WebSockets of this process'),
});

export const PageSendBody = z.object({
  phone: z.string().trim().min(3).max(80),
  message: z.string().min(1).max(4096),
});
export const PageSentSchema = z.object({ ...Done, messageId: z.string(), status: z.string() });

const InstanceName = z.string().trim().min(3).max(100);

export const InstanceBody = z
  .object({ id: DeviceParams.shape.deviceId.optional(), name: InstanceName })
  .describe('Without an id the name becomes one');

export const InstanceSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  isConnected: z.boolean(),
  phoneNumber: z.string().nullable(),
});

export const InstanceQrSchema = z.object({
  id: z.string(),
  qrCode: z.string(),
  image: z.string(),
  expiresIn: z.number(),
});
