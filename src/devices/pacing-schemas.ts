import { z } from 'zod';

const Seconds = z.number().min(0).max(3_600);
const Limit = z.int().min(1).max(1_000_000).nullable();
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 21:00');

const Timezone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
    } catch {
      return false; // RangeError is how Intl says that it does not know the zone
    }
  }, 'an IANA time zone such as Asia/Jakarta');

const Range = z.strictObject({ min: Seconds, max: Seconds });
const Ramp = z.strictObject({
  firstDay: z.int().min(0).max(100_000),
  lastDay: z.int().min(0).max(100_000),
  days: z.int().min(1).max(365),
});
const Breaker = z.strictObject({
  window: z.int().min(1).max(100),
  minOutcomes: z.int().min(1).max(100),
  minDeliveredShare: z.number().min(0).max(1),
  cooldownMinutes: z.number().min(1).max(10_080),
  undeliveredAfterMinutes: z.number().min(1).max(10_080),
});
const QuietHours = z.strictObject({ from: TimeOfDay, to: TimeOfDay, timezone: Timezone });

/** All of a device's pacing, as it is shown; docs/pacing.md explains each field. */
export const PacingSchema = z
  .strictObject({
    enforce: z.boolean(),
    gapSeconds: Range,
    coldGapSeconds: Range,
    hourlyCap: Limit,
    dailyCap: Limit,
    replyWindowHours: z.number().min(0).max(720),
    quietHours: QuietHours.nullable(),
    ramp: Ramp.nullable(),
    coldPauseMinutes: z.number().min(1).max(1_440),
    breaker: Breaker.nullable(),
  })
  .readonly()
  .meta({ id: 'Pacing' });

/** A change of it: any part; null switches off a limit that may be switched off. */
export const PacingPatchSchema = z
  .strictObject({
    enforce: z.boolean(),
    gapSeconds: Range.partial(),
    coldGapSeconds: Range.partial(),
    hourlyCap: Limit,
    dailyCap: Limit,
    replyWindowHours: z.number().min(0).max(720),
    quietHours: QuietHours.nullable(),
    ramp: Ramp.partial().nullable(),
    coldPauseMinutes: z.number().min(1).max(1_440),
    breaker: Breaker.partial().nullable(),
  })
  .partial()
  .meta({ id: 'PacingPatch' });

/** What WhatsApp lets us know about a device's sending, and what waits because of it. */
export const SendingHealthSchema = z
  .object({
    coldPausedUntil: z.string().nullable(),
    rateLimitedUntil: z.string().nullable(),
    reachoutLockedUntil: z.string().nullable(),
    messageCap: z.enum(['none', 'first_warning', 'second_warning', 'capped']),
    breaker: z.enum(['closed', 'open', 'probing']),
    warnings: z
      .array(
        z.object({
          code: z.string(),
          message: z.string(),
          since: z.string(),
          until: z.string().nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'SendingHealth' });
