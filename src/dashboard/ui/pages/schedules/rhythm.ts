export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Day = (typeof DAYS)[number];

export const RHYTHMS = ['once', 'daily', 'weekly', 'monthly', 'expert'] as const;
export type RhythmKind = (typeof RHYTHMS)[number];

/** How often something comes, as it is filled in; what does not belong to the kind is kept and not used. */
export interface Rhythm {
  readonly kind: RhythmKind;
  /** Every so many days, weeks or months. */
  readonly interval: string;
  readonly days: readonly Day[];
  /** 1 to 31, or -1 for the last day; '' is the day of the first date. */
  readonly monthDay: string;
  readonly end: 'never' | 'until' | 'count';
  /** YYYY-MM-DD, that day included. */
  readonly until: string;
  readonly count: string;
  /** With `expert`: an RRULE or five fields of cron. */
  readonly rule: string;
}

export const ONCE: Rhythm = {
  kind: 'once',
  interval: '1',
  days: [],
  monthDay: '',
  end: 'never',
  until: '',
  count: '10',
  rule: '',
};

const FREQUENCIES = { daily: 'DAILY', weekly: 'WEEKLY', monthly: 'MONTHLY' } as const;

/** The rule as the API takes it; null: once. */
export function toRule(rhythm: Rhythm): string | null {
  const { kind, interval, days, monthDay, end, until, count, rule } = rhythm;
  if (kind === 'once') return null;
  if (kind === 'expert') return rule.trim();
  const parts = [`FREQ=${FREQUENCIES[kind]}`];
  if (interval.trim() !== '' && interval !== '1') parts.push(`INTERVAL=${interval}`);
  if (kind === 'weekly' && days.length > 0) {
    parts.push(`BYDAY=${DAYS.filter((day) => days.includes(day)).join(',')}`);
  }
  if (kind === 'monthly' && monthDay !== '') parts.push(`BYMONTHDAY=${monthDay}`);
  if (end === 'count' && count.trim() !== '') parts.push(`COUNT=${count}`);
  if (end === 'until' && until !== '') parts.push(`UNTIL=${until.replaceAll('-', '')}`);
  return parts.join(';');
}

/** The rule taken apart, where the simple form can say it; else as an expert wrote it. */
export function fromRule(rule: string | null): Rhythm {
  if (rule === null) return ONCE;
  const expert: Rhythm = { ...ONCE, kind: 'expert', rule };
  const parts = new Map(
    rule
      .replace(/^RRULE:/i, '')
      .toUpperCase()
      .split(';')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=', 2);
        return [name, value];
      }),
  );
  const kind = kindOf(parts.get('FREQ'));
  if (!kind || !isSimple(kind, parts)) return expert;
  const until = parts.get('UNTIL');
  const count = parts.get('COUNT');
  return {
    ...ONCE,
    kind,
    interval: parts.get('INTERVAL') ?? '1',
    days: DAYS.filter((day) => parts.get('BYDAY')?.split(',').includes(day)),
    monthDay: parts.get('BYMONTHDAY') ?? '',
    end: until ? 'until' : count ? 'count' : 'never',
    until: until ? `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6)}` : '',
    count: count ?? ONCE.count,
  };
}

/** Whether a rule says by itself at which time of day: cron does, an RRULE takes it from the first time. */
export function namesItsTime(rule: string | null): boolean {
  return rule !== null && rule !== '' && !rule.includes('=');
}

function kindOf(frequency: string | undefined) {
  if (frequency === 'DAILY') return 'daily';
  if (frequency === 'WEEKLY') return 'weekly';
  return frequency === 'MONTHLY' ? 'monthly' : null;
}

const ALLOWED: Record<'daily' | 'weekly' | 'monthly', readonly string[]> = {
  daily: [],
  weekly: ['BYDAY'],
  monthly: ['BYMONTHDAY'],
};

function isSimple(kind: 'daily' | 'weekly' | 'monthly', parts: ReadonlyMap<string, string>): boolean {
  const known = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', ...ALLOWED[kind]];
  const values = [...parts.keys()].every((name) => known.includes(name));
  const days = parts.get('BYDAY')?.split(',') ?? [];
  return (
    values &&
    days.every((day) => DAYS.some((each) => each === day)) &&
    /^(-1|\d{1,2})?$/.test(parts.get('BYMONTHDAY') ?? '') &&
    /^(\d{8})?$/.test(parts.get('UNTIL') ?? '')
  );
}
