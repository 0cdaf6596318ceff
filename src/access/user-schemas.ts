import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';
import { LONGEST_PASSWORD } from './password.ts';
import { LOCALES, ROLES } from './user.ts';

export const EmailSchema = z.string().trim().max(254).pipe(z.email('an e-mail address'));
export const PersonName = z.string().trim().min(1).max(100);
/** What a new password must be is judged by password.ts, which knows the e-mail address too. */
export const NewPassword = z.string().min(1).max(LONGEST_PASSWORD);
export const Locale = z.enum(LOCALES);

const DeviceIds = z
  .array(DeviceIdSchema)
  .min(1)
  .max(1000)
  .describe('the only devices the person may touch; null means every device');

export const UserParams = z.object({ userId: z.string().min(1).max(26) });

export const CreateUserBody = z
  .object({
    name: PersonName,
    email: EmailSchema,
    role: z.enum(ROLES),
    password: NewPassword,
    deviceIds: DeviceIds.nullable().default(null),
    locale: Locale.nullable().default(null),
  })
  .meta({ id: 'CreateUser' });

export const UpdateUserBody = z
  .object({
    name: PersonName.optional(),
    email: EmailSchema.optional(),
    role: z.enum(ROLES).optional(),
    status: z.enum(['active', 'disabled']).optional(),
    password: NewPassword.optional(),
    deviceIds: DeviceIds.nullable().optional(),
    locale: Locale.nullable().optional(),
  })
  .meta({ id: 'UpdateUser' });

/** Somebody as administrators see them; nothing of the password. */
export const UserSchema = z
  .object({
    userId: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    status: z.enum(['active', 'disabled']),
    deviceIds: z.array(z.string()).nullable(),
    locale: Locale.nullable(),
    lastSignInAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'User' });

export const UserListSchema = z.object({ items: z.array(UserSchema), total: z.number().int() });
