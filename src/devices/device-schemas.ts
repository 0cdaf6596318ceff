import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';
import { PacingPatchSchema, PacingSchema, SendingHealthSchema } from './pacing-schemas.ts';

const DeviceName = z.string().trim().min(1).max(100);
const Tags = z.array(z.string().trim().min(1).max(40)).max(20);
const ProxyUrl = z
  .string()
  .max(500)
  .regex(/^(https?|socks5?):\/\/\S+$/, 'an http, https or socks5 URL')
  .refine((text) => URL.canParse(text), 'an http, https or socks5 URL');
/** An id a fixed path has taken: GET would show the list instead of the device. */
const NewDeviceId = DeviceIdSchema.refine((id) => id !== 'connected', 'connected is the name of a list');
const SettingsBeside = z.object({ autoRead: z.boolean().optional(), markOnline: z.boolean().optional() });
const HistoryDays = z
  .int()
  .min(1)
  .max(3_650)
  .nullable()
  .describe('How many days history is kept; null: as the server has it');
const SettingsPatch = SettingsBeside.extend({
  historyDays: HistoryDays.optional(),
  pacing: PacingPatchSchema.optional(),
});

export const CreateDeviceBody = z
  .object({
    deviceId: NewDeviceId,
    deviceName: DeviceName.optional(),
    tags: Tags.optional(),
    proxyUrl: ProxyUrl.optional(),
    proxy: ProxyUrl.optional().describe('The same as proxyUrl'),
    settings: SettingsPatch.optional(),
  })
  .and(SettingsBeside)
  .meta({ id: 'CreateDevice' });

export const UpdateDeviceBody = z
  .object({
    deviceName: DeviceName.nullable().optional(),
    tags: Tags.optional(),
    proxyUrl: ProxyUrl.nullable().optional(),
    proxy: ProxyUrl.nullable().optional().describe('The same as proxyUrl'),
    settings: SettingsPatch.optional(),
  })
  .and(SettingsBeside)
  .meta({ id: 'UpdateDevice' });

export const PairingCodeBody = z.object({ phone: z.string().trim().min(5).max(40) });

export const DeviceStatusSchema = z.enum([
  'created',
  'connecting',
  'pairing',
  'connected',
  'reconnecting',
  'disconnected',
  'logged_out',
  'cancelled',
  'error',
]);

export const ListDevicesQuery = z.object({
  status: DeviceStatusSchema.optional(),
  search: z.string().trim().max(100).optional(),
  text: z.string().trim().max(100).optional().describe('The same as search'),
  tag: z.string().trim().max(40).optional(),
  order: z.enum(['asc', 'desc']).default('asc').describe('asc: the oldest device first'),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'the nextCursor of an earlier answer')
    .transform(Number)
    .optional(),
});

export const DisconnectQuery = z.object({ logout: z.stringbool().default(true) });
export const DeleteDeviceQuery = z.object({ purge: z.stringbool().default(false) });
export const QrImageQuery = z.object({ format: z.enum(['png', 'svg']).default('png') });

const Cause = z.object({
  code: z.string(),
  source: z.string(),
  reason: z.string(),
  retryAt: z.string().nullable(),
  action: z.string().nullable(),
});

const Warning = z.object({
  code: z.string(),
  reason: z.string(),
  action: z.string().nullable(),
  since: z.string(),
});

/** A device as callers see it; an allow-list: what is not named here never leaves. */
export const DeviceSchema = z
  .object({
    deviceId: z.string(),
    recordNumber: z.number().int(),
    deviceName: z.string().nullable(),
    status: DeviceStatusSchema,
    isConnected: z.boolean(),
    phoneNumber: z.string().nullable(),
    jid: z.string().nullable(),
    lid: z.string().nullable(),
    pushName: z.string().nullable(),
    qrCode: z.string().nullable(),
    pairingCode: z.string().nullable(),
    connectionAttempts: z.number().int(),
    lastActivity: z.string().nullable(),
    syncProgress: z.number(),
    authMethod: z.string().nullable(),
    hasSession: z.boolean(),
    hasProxy: z.boolean(),
    cause: Cause.nullable(),
    warnings: z.array(Warning).readonly().describe('What is wrong although the device works'),
    createdAt: z.string(),
    tags: z.array(z.string()).readonly(),
    settings: z
      .object({
        autoRead: z.boolean(),
        markOnline: z.boolean(),
        historyDays: HistoryDays,
        pacing: PacingSchema,
      })
      .readonly(),
    health: SendingHealthSchema,
  })
  .meta({ id: 'Device' });

/** What `/status` answers: the live fields alone. */
export const DeviceLiveSchema = DeviceSchema.pick({
  deviceId: true,
  status: true,
  isConnected: true,
  phoneNumber: true,
  qrCode: true,
  pairingCode: true,
  connectionAttempts: true,
  lastActivity: true,
  syncProgress: true,
  authMethod: true,
  hasSession: true,
  cause: true,
});

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: z.number().int(),
    page: z.number().int(),
    pageSize: z.number().int(),
    nextCursor: z.string().nullable(),
  });

export const DeviceListSchema = listOf(DeviceSchema).extend({
  counts: z.record(z.string(), z.number().int()),
});

export const ConnectedDeviceSchema = DeviceSchema.pick({
  deviceId: true,
  deviceName: true,
  phoneNumber: true,
});
export const ConnectedListSchema = listOf(ConnectedDeviceSchema);
export const ConnectedDetailSchema = listOf(DeviceSchema);

export const QrSchema = z.object({ qrCode: z.string(), expiresIn: z.number().int() });
export const QrImageSchema = z.object({ image: z.string(), expiresIn: z.number().int() });
/** The SVG document itself. */
export const SvgSchema = z.string();
export const PairingCodeSchema = z.object({ pairingCode: z.string(), expiresIn: z.number().int() });

export const RestoreResultSchema = z.object({
  results: z.array(
    z.object({
      deviceId: z.string(),
      outcome: z.enum(['started', 'already_running', 'no_session', 'failed']),
      error: z.string().nullable(),
    }),
  ),
});
