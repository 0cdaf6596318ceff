import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { TextField } from '../../components/field.tsx';
import { allZones } from '../../lib/zones.ts';
import { NumberField } from './number-field.tsx';
import type { PacingForm } from './pacing-form.ts';
import { t } from './texts.ts';

interface FieldsProps {
  form: PacingForm;
  set(change: Partial<PacingForm>): void;
  /** What is wrong with a field; `path` is its name within the pacing of the API. */
  wrong(name: keyof PacingForm, path: string): string | undefined;
}

/** Everything that is typed as text, but for the quiet hours. */
type NumberName = Exclude<
  { [Name in keyof PacingForm]: PacingForm[Name] extends string ? Name : never }[keyof PacingForm],
  'quietFrom' | 'quietTo' | 'quietZone'
>;

interface PacingNumberProps extends FieldsProps {
  /** Also the key of its label. */
  name: NumberName;
  path: string;
  min: number;
  max: number;
  step?: 'any';
  hint?: string;
}

function PacingNumber({ form, set, wrong, name, path, ...bounds }: PacingNumberProps) {
  return (
    <NumberField
      {...bounds}
      label={t(name)}
      required
      value={form[name]}
      onValue={(value) => set({ [name]: value })}
      error={wrong(name, path)}
    />
  );
}

export function LimitFields(props: FieldsProps) {
  const { form, set } = props;
  return (
    <Card title={t('capsTitle')}>
      <Checkbox checked={form.hourlyOn} onChecked={(hourlyOn) => set({ hourlyOn })}>
        {t('hourlyOn')}
      </Checkbox>
      {form.hourlyOn && <PacingNumber {...props} name="hourly" path="hourlyCap" min={1} max={1_000_000} />}
      <Checkbox checked={form.dailyOn} onChecked={(dailyOn) => set({ dailyOn })}>
        {t('dailyOn')}
      </Checkbox>
      {form.dailyOn && <PacingNumber {...props} name="daily" path="dailyCap" min={1} max={1_000_000} />}
      <PacingNumber
        {...props}
        name="replyHours"
        path="replyWindowHours"
        min={0}
        max={720}
        step="any"
        hint={t('replyHoursHint')}
      />
    </Card>
  );
}

export function RampFields(props: FieldsProps) {
  const { form, set } = props;
  return (
    <Card title={t('rampTitle')}>
      <Checkbox checked={form.rampOn} onChecked={(rampOn) => set({ rampOn })}>
        {t('rampOn')}
      </Checkbox>
      {form.rampOn && (
        <>
          <PacingNumber {...props} name="rampFirst" path="ramp.firstDay" min={0} max={100_000} />
          <PacingNumber {...props} name="rampLast" path="ramp.lastDay" min={0} max={100_000} />
          <PacingNumber {...props} name="rampDays" path="ramp.days" min={1} max={365} />
        </>
      )}
    </Card>
  );
}

export function QuietFields({ form, set, wrong }: FieldsProps) {
  return (
    <Card title={t('quietTitle')}>
      <Checkbox checked={form.quietOn} onChecked={(quietOn) => set({ quietOn })}>
        {t('quietOn')}
      </Checkbox>
      {form.quietOn && (
        <>
          <TextField
            label={t('quietFrom')}
            type="time"
            required
            value={form.quietFrom}
            onValue={(quietFrom) => set({ quietFrom })}
            error={wrong('quietFrom', 'quietHours.from')}
          />
          <TextField
            label={t('quietTo')}
            type="time"
            required
            value={form.quietTo}
            onValue={(quietTo) => set({ quietTo })}
            error={wrong('quietTo', 'quietHours.to')}
          />
          <TextField
            label={t('quietZone')}
            list="device-zones"
            required
            maxLength={64}
            value={form.quietZone}
            onValue={(quietZone) => set({ quietZone })}
            error={wrong('quietZone', 'quietHours.timezone')}
          />
          <datalist id="device-zones">
            {allZones().map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Card>
  );
}

export function GapFields(props: FieldsProps) {
  return (
    <Card title={t('gapsTitle')}>
      <PacingNumber {...props} name="gapMin" path="gapSeconds.min" min={0} max={3600} step="any" />
      <PacingNumber {...props} name="gapMax" path="gapSeconds.max" min={0} max={3600} step="any" />
      <PacingNumber {...props} name="coldMin" path="coldGapSeconds.min" min={0} max={3600} step="any" />
      <PacingNumber {...props} name="coldMax" path="coldGapSeconds.max" min={0} max={3600} step="any" />
    </Card>
  );
}

export function SafetyFields(props: FieldsProps) {
  const { form, set } = props;
  const minutes = { max: 10_080, min: 1, step: 'any' } as const;
  return (
    <Card title={t('safetyTitle')}>
      <PacingNumber {...props} name="coldPause" path="coldPauseMinutes" min={1} max={1440} step="any" />
      <Checkbox checked={form.breakerOn} onChecked={(breakerOn) => set({ breakerOn })}>
        {t('breakerOn')}
      </Checkbox>
      {form.breakerOn && (
        <>
          <PacingNumber {...props} name="breakerWindow" path="breaker.window" min={1} max={100} />
          <PacingNumber {...props} name="breakerMin" path="breaker.minOutcomes" min={1} max={100} />
          <PacingNumber {...props} name="breakerShare" path="breaker.minDeliveredShare" min={0} max={100} />
          <PacingNumber {...props} {...minutes} name="breakerCooldown" path="breaker.cooldownMinutes" />
          <PacingNumber
            {...props}
            {...minutes}
            name="breakerUndelivered"
            path="breaker.undeliveredAfterMinutes"
          />
        </>
      )}
    </Card>
  );
}
