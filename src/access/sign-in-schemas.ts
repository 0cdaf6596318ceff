import { z } from 'zod';
import { SCOPES } from '../http/scopes.ts';
import { LONGEST_PASSWORD } from './password.ts';
import { ROLES } from './user.ts';
import { EmailSchema, Locale, NewPassword, PersonName } from './user-schemas.ts';

const TypedPassword = z.string().min(1).max(LONGEST_PASSWORD);

export const LoginBody = z
  .object({ email: z.string().trim().min(1).max(254), password: TypedPassword })
  .meta({ id: 'Login' });

export const SetupBody = z
  .object({
    token: z.string().min(1).max(100).describe('from the set-up link that the server prints'),
    name: PersonName,
    email: EmailSchema,
    password: NewPassword,
    locale: Locale.nullable().default(null),
  })
  .meta({ id: 'Setup' });

export const ChangePasswordBody = z
  .object({ currentPassword: TypedPassword, newPassword: NewPassword })
  .meta({ id: 'ChangePassword' });

/** Who is signed in in this browser, or that nobody is. */
export const SessionSchema = z
  .object({
    authenticated: z.boolean(),
    setupNeeded: z
      .boolean()
      .describe('nobody can sign in yet: the set-up link makes the first administrator'),
    sandbox: z.boolean(),
    user: z
      .object({
        userId: z.string(),
        name: z.string(),
        email: z.string(),
        role: z.enum(ROLES),
        locale: Locale.nullable(),
      })
      .optional(),
    scopes: z.array(z.enum(SCOPES)).optional(),
    deviceIds: z.array(z.string()).nullable().optional(),
    csrfToken: z
      .string()
      .optional()
      .describe('goes as `X-CSRF-Token` with every request that changes something'),
    expiresAt: z.string().optional(),
  })
  .meta({ id: 'Session' });
