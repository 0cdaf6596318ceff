import { useState } from 'preact/hooks';
import { SANDBOX } from '../../api/paths.ts';
import type { FaultField, FaultKind, SandboxPhone } from '../../api/sandbox-types.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { t } from './texts.ts';

interface FaultFormProps {
  kinds: readonly FaultKind[];
  phones: readonly SandboxPhone[];
  onCaused(): void;
}

type Values = Readonly<Record<string, string>>;

/** A kind of trouble with what it takes, whom it meets and how often. */
export function FaultForm({ kinds, phones, onCaused }: FaultFormProps) {
  const [name, setName] = useState(kinds[0]?.kind ?? '');
  const [values, setValues] = useState<Values>({});
  const [phone, setPhone] = useState('');
  const [times, setTimes] = useState('1');
  const fields = kinds.find(({ kind }) => kind === name)?.fields ?? [];
  const { busy, error, run } = useAction(async () => {
    await api.post(`${SANDBOX}/faults`, {
      kind: name,
      ...Object.fromEntries(fields.flatMap((field) => given(field, values))),
      ...(phone !== '' && { target: { phoneNumber: phone } }),
      ...(times !== '' && { times: Number(times) }),
    });
    toast(t('caused'));
    onCaused();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  return (
    <form class="form" onSubmit={submit}>
      <FormError error={error} />
      <div class="sandbox-fields">
        <Select
          label={t('kind')}
          hint={t.maybe(`fault.${name}`, '')}
          options={kinds.map(({ kind }) => ({ value: kind, label: kind }))}
          value={name}
          onValue={(next) => {
            setName(next);
            setValues({});
          }}
        />
        {fields.map((field) => (
          <FieldInput
            key={`${name} ${field.name}`}
            field={field}
            value={shownValue(field, values)}
            onValue={(value) => setValues((last) => ({ ...last, [field.name]: value }))}
            error={error?.fieldMessage(field.name)}
          />
        ))}
        <Select
          label={t('who')}
          options={[
            { value: '', label: t('everybody') },
            ...phones.map(({ phoneNumber, pushName }) => ({
              value: phoneNumber,
              label: `${pushName} (${phoneNumber})`,
            })),
          ]}
          value={phone}
          onValue={setPhone}
        />
        <TextField
          label={t('times')}
          hint={t('timesHint')}
          type="number"
          min={1}
          max={1_000_000}
          value={times}
          onValue={setTimes}
        />
      </div>
      <div class="form-actions">
        <Button type="submit" kind="danger" busy={busy}>
          {t('cause')}
        </Button>
      </div>
    </form>
  );
}

interface FieldInputProps {
  field: FaultField;
  value: string;
  onValue(value: string): void;
  error: string | undefined;
}

function FieldInput({ field, value, onValue, error }: FieldInputProps) {
  const { name, type, required, min, max, choices = [] } = field;
  const label = t.maybe(`field.${name}`, name);
  if (type === 'choice') {
    const options = choices.map((each) => ({ value: each, label: t.maybe(`choice.${each}`, each) }));
    return <Select label={label} options={options} value={value} onValue={onValue} error={error} />;
  }
  const range =
    type === 'integer' ? { type: 'number', min, max } : { pattern: '\\d{3}', inputMode: 'numeric' as const };
  return (
    <TextField
      label={label}
      hint={required ? undefined : t('optional')}
      required={required}
      {...range}
      value={value}
      onValue={onValue}
      error={error}
    />
  );
}

/** What is there before anybody chose: the first of the choices. */
function shownValue({ name, choices }: FaultField, values: Values): string {
  return values[name] ?? choices?.[0] ?? '';
}

function given(field: FaultField, values: Values): [string, string | number][] {
  const value = shownValue(field, values);
  if (value === '') return [];
  return [[field.name, field.type === 'integer' ? Number(value) : value]];
}
