/** A span of time to draw from at random, in seconds. */
export interface SecondsRange {
  readonly min: number;
  readonly max: number;
}

/** When nobody wants to be woken: local times of a day `HH:mm` in an IANA zone; a span over midnight wraps. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}

/** How many strangers a day: `firstDay` on the first day, growing evenly to `lastDay` on day number `days`. */
export interface Ramp {
  readonly firstDay: number;
  readonly lastDay: number;
  readonly days: number;
}

/** When strangers stop getting our messages, nobody new is written to for a while, then one more to find out. */
export interface BreakerSettings {
  /** How many of the last outcomes are looked at, and how many there must be. */
  readonly window: number;
  readonly minOutcomes: number;
  /** Opens when a smaller share of them was delivered, 0 to 1. */
  readonly minDeliveredShare: number;
  readonly cooldownMinutes: number;
  /** A message that is not delivered after so long counts as undelivered. */
  readonly undeliveredAfterMinutes: number;
}

/**
 * How a device paces what it sends; docs/pacing.md says where the figures come from and how little they promise. A limit
 * that is null does not exist.
 */
export interface PacingSettings {
  /** Whether caps, ramp, quiet hours and the gap before strangers hold messages back; otherwise they only warn. */
  readonly enforce: boolean;
  /** Between items of jobs that name no delay. */
  readonly gapSeconds: SecondsRange;
  /** At least this before a stranger in a job; only with `enforce`. */
  readonly coldGapSeconds: SecondsRange;
  /** Messages in any 60 minutes and any 24 hours; replies do not count. */
  readonly hourlyCap: number | null;
  readonly dailyCap: number | null;
  /** Whoever wrote to us within so many hours gets a reply, which no cap and no quiet hours hold back. */
  readonly replyWindowHours: number;
  readonly quietHours: QuietHours | null;
  readonly ramp: Ramp | null;
  /** How long strangers rest after a refusal (463) for which WhatsApp names no end; doubles with each, up to a day. */
  readonly coldPauseMinutes: number;
  readonly breaker: BreakerSettings | null;
}

/** A change of some settings; what is left out stays as it is. */
export type PacingPatch = {
  readonly [Key in keyof PacingSettings]?: PatchOf<PacingSettings[Key]> | undefined;
};
type PatchOf<Value> = Value extends QuietHours
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Value[Key] | undefined }
    : Value;

/** Folklore of other senders, not figures of WhatsApp: there are none. */
export const DEFAULT_PACING: PacingSettings = {
  enforce: false,
  gapSeconds: { min: 2, max: 5 },
  coldGapSeconds: { min: 8, max: 25 },
  hourlyCap: 80,
  dailyCap: 500,
  replyWindowHours: 24,
  quietHours: null,
  ramp: { firstDay: 20, lastDay: 200, days: 14 },
  coldPauseMinutes: 60,
  breaker: {
    window: 10,
    minOutcomes: 5,
    minDeliveredShare: 0.4,
    cooldownMinutes: 30,
    undeliveredAfterMinutes: 60,
  },
};

/**
 * `settings` with `patch` laid over them, group by group. A group that was off (null) comes back with its default
 * figures under the patch; quiet hours have none and are always given whole.
 */
export function mergePacing(settings: PacingSettings, patch: PacingPatch = {}): PacingSettings {
  const { gapSeconds, coldGapSeconds, ramp, breaker, ...plain } = patch;
  return {
    ...settings,
    ...given(plain),
    gapSeconds: { ...settings.gapSeconds, ...given(gapSeconds ?? {}) },
    coldGapSeconds: { ...settings.coldGapSeconds, ...given(coldGapSeconds ?? {}) },
    ramp: mergeGroup(settings.ramp ?? DEFAULT_PACING.ramp, { was: settings.ramp, patch: ramp }),
    breaker: mergeGroup(settings.breaker ?? DEFAULT_PACING.breaker, {
      was: settings.breaker,
      patch: breaker,
    }),
  };
}

/** What does not fit together after a merge, in words; null when all is well. */
export function pacingProblem({ gapSeconds, coldGapSeconds, quietHours, breaker }: PacingSettings) {
  if (gapSeconds.min > gapSeconds.max) return 'pacing.gapSeconds: min is larger than max';
  if (coldGapSeconds.min > coldGapSeconds.max) return 'pacing.coldGapSeconds: min is larger than max';
  if (quietHours && quietHours.from === quietHours.to) return 'pacing.quietHours: from and to are the same';
  if (breaker && breaker.minOutcomes > breaker.window) {
    return 'pacing.breaker: minOutcomes is larger than window';
  }
  return null;
}

function mergeGroup<Group extends object>(
  base: Group | null,
  {
    was,
    patch,
  }: {
    was: Group | null;
    patch: { readonly [Key in keyof Group]?: Group[Key] | undefined } | null | undefined;
  },
): Group | null {
  if (patch === undefined) return was;
  return patch === null || base === null ? null : { ...base, ...given(patch) };
}

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** Without the fields that were left out: `undefined` would overwrite, absence does not. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}
