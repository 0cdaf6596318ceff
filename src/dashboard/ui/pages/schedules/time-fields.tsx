import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { allZones } from '../../lib/zones.ts';
import { DAYS, RHYTHMS, type Rhythm } from './rhythm.ts';
import { dayName } from './rhythm-text.ts';
import type { TimeErrors } from './schedule-errors.ts';
import { t } from './texts.ts';
import type { TimeDraft } from './time-draft.ts';

interface TimeFieldsProps {
  draft: TimeDraft;
  onDraft(change: Partial<TimeDraft>): void;
  errors: TimeErrors;
  /** A cron pattern says its times itself. */
  isTimeOptional: boolean;
}

/** Date, time, zone and how often. */
export function TimeFields({ draft, onDraft, errors, isTimeOptional }: TimeFieldsProps) {
  const { date, time, zone, rhythm } = draft;
  const { instead } = errors;
  return (
    <>
      <Select
        label={t('howOften')}
        options={RHYTHMS.map((kind) => ({ value: kind, label: t(`rhythm.${kind}`) }))}
        value={rhythm.kind}
        onValue={(kind) => onDraft({ rhythm: { ...rhythm, kind } })}
      />
      <div class="schedules-time">
        <TextField
          label={t(rhythm.kind === 'once' ? 'date' : 'firstDate')}
          hint={isTimeOptional ? t('optional') : undefined}
          type="date"
          required={!isTimeOptional}
          value={date}
          onValue={(value) => onDraft({ date: value })}
          error={errors.date}
        />
        <TextField
          label={t('time')}
          type="time"
          required={!isTimeOptional}
          value={time}
          onValue={(value) => onDraft({ time: value })}
          error={errors.time}
        />
        <ZoneField zone={zone} onZone={(value) => onDraft({ zone: value })} error={errors.zone} />
      </div>
      {instead && (
        <div>
          <Button onClick={() => onDraft({ date: instead.slice(0, 10), time: instead.slice(11, 16) })}>
            {t('useInstead', { time: instead.slice(11, 16) })}
          </Button>
        </div>
      )}
      <RhythmFields
        rhythm={rhythm}
        onRhythm={(change) => onDraft({ rhythm: { ...rhythm, ...change } })}
        error={errors.rule}
      />
    </>
  );
}

function ZoneField(props: { zone: string; onZone(zone: string): void; error: string | undefined }) {
  return (
    <>
      <TextField
        label={t('zone')}
        list="schedules-zones"
        required
        maxLength={64}
        autocomplete="off"
        value={props.zone}
        onValue={props.onZone}
        error={props.error}
      />
      <datalist id="schedules-zones">
        {allZones().map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}

interface RhythmFieldsProps {
  rhythm: Rhythm;
  onRhythm(change: Partial<Rhythm>): void;
  error: string | undefined;
}

function RhythmFields(props: RhythmFieldsProps) {
  const { rhythm, onRhythm, error } = props;
  const { kind } = rhythm;
  if (kind === 'once') return null;
  if (kind === 'expert') {
    return (
      <TextField
        label={t('rule')}
        hint={t('ruleHint')}
        class="input mono"
        required
        maxLength={400}
        spellcheck={false}
        autocomplete="off"
        value={rhythm.rule}
        onValue={(rule) => onRhythm({ rule })}
        error={error}
      />
    );
  }
  return (
    <>
      {kind === 'weekly' && <DaysField {...props} />}
      <div class="schedules-time">
        <TextField
          label={t(`interval.${kind}`)}
          type="number"
          min={1}
          max={1000}
          required
          value={rhythm.interval}
          onValue={(interval) => onRhythm({ interval })}
          error={error}
        />
        {kind === 'monthly' && <MonthDayField {...props} />}
        <EndFields {...props} />
      </div>
    </>
  );
}

function DaysField({ rhythm: { days }, onRhythm }: RhythmFieldsProps) {
  return (
    <fieldset class="schedules-days">
      <legend>{t('days')}</legend>
      <div class="row">
        {DAYS.map((day) => (
          <Checkbox
            key={day}
            checked={days.includes(day)}
            onChecked={(on) => onRhythm({ days: on ? [...days, day] : days.filter((each) => each !== day) })}
          >
            {dayName(day)}
          </Checkbox>
        ))}
      </div>
      <p class="field-hint">{t('daysHint')}</p>
    </fieldset>
  );
}

function MonthDayField({ rhythm: { monthDay }, onRhythm }: RhythmFieldsProps) {
  const numbers = Array.from({ length: 31 }, (_, index) => String(index + 1));
  return (
    <Select
      label={t('monthDay')}
      hint={Number(monthDay) > 28 ? t('monthDayHint') : undefined}
      options={[
        { value: '', label: t('sameDay') },
        ...numbers.map((value) => ({ value, label: value })),
        { value: '-1', label: t('lastDay') },
      ]}
      value={monthDay}
      onValue={(value) => onRhythm({ monthDay: value })}
    />
  );
}

function EndFields({ rhythm: { end, until, count }, onRhythm }: RhythmFieldsProps) {
  const ends = (['never', 'until', 'count'] as const).map((value) => ({ value, label: t(`end.${value}`) }));
  return (
    <>
      <Select label={t('end')} options={ends} value={end} onValue={(value) => onRhythm({ end: value })} />
      {end === 'until' && (
        <TextField
          label={t('until')}
          type="date"
          required
          value={until}
          onValue={(value) => onRhythm({ until: value })}
        />
      )}
      {end === 'count' && (
        <TextField
          label={t('count')}
          type="number"
          min={1}
          max={1000}
          required
          value={count}
          onValue={(value) => onRhythm({ count: value })}
        />
      )}
    </>
  );
}
