import { useState } from 'preact/hooks';
import type { DeviceDetails } from '../../api/device-detail-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Icon } from '../../components/icon.tsx';
import { toast } from '../../components/toast.tsx';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { ownZone } from '../../lib/zones.ts';
import { type DeviceFormProps, Form } from './device-form.tsx';
import { GapFields, LimitFields, QuietFields, RampFields, SafetyFields } from './pacing-fields.tsx';
import { concernsOf, formOf, type PacingForm, pacingOf, problemsOf } from './pacing-form.ts';
import { t } from './texts.ts';

/** How fast the device sends, with what a careful person would look at again. */
export function PacingTab({ device, onChanged }: DeviceFormProps) {
  const [form, setForm] = useState<PacingForm>(() => formOf(device.settings.pacing, ownZone()));
  const [isChecked, setIsChecked] = useState(false);
  const problems = problemsOf(form);
  const save = useAction(async () => {
    const settings = { pacing: pacingOf(form) };
    onChanged(await api.patch<DeviceDetails>(devicePath(device.deviceId), { settings }));
    setIsChecked(false);
    toast(t('saved'));
  });
  const submit = () => {
    setIsChecked(true);
    if (Object.keys(problems).length === 0) void save.run();
  };
  const fields = {
    form,
    set: (change: Partial<PacingForm>) => setForm((last) => ({ ...last, ...change })),
    /** Of our own check after a first try, or of the server. */
    wrong: (name: keyof PacingForm, path: string) => {
      const problem = isChecked ? problems[name] : undefined;
      return problem ? t(`wrong.${problem}`) : save.error?.fieldMessage(`settings.pacing.${path}`);
    },
  };
  return (
    <>
      {!may('device:manage') && <p class="muted">{t('readOnly')}</p>}
      <p>{t('pacingIntro')}</p>
      <Concerns form={form} />
      <Form busy={save.busy} onSave={submit}>
        <FormError error={save.error} />
        <Card>
          <Checkbox checked={form.enforce} onChecked={(enforce) => fields.set({ enforce })}>
            <strong>{t('enforce')}</strong>
          </Checkbox>
          <p class="muted">{t(form.enforce ? 'enforceOn' : 'enforceOff')}</p>
        </Card>
        <div class="columns device-pacing">
          <LimitFields {...fields} />
          <RampFields {...fields} />
          <QuietFields {...fields} />
          <GapFields {...fields} />
          <SafetyFields {...fields} />
        </div>
      </Form>
    </>
  );
}

function Concerns({ form }: { form: PacingForm }) {
  const concerns = concernsOf(pacingOf(form));
  if (concerns.length === 0) return null;
  return (
    <section class="device-concerns" aria-label={t('concerns')}>
      <Icon name="alert" />
      <ul class="stack-s">
        {concerns.map((concern) => (
          <li key={concern}>{t(`concern.${concern}`)}</li>
        ))}
      </ul>
    </section>
  );
}
