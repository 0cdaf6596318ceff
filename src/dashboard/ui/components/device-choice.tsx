import { useState } from 'preact/hooks';
import { devices } from '../lib/device-store.ts';
import { c } from '../texts/common.ts';
import { CheckGroup } from './check-group.tsx';
import { TextField } from './field.tsx';
import { Select } from './select.tsx';

interface DeviceChoiceProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  /** null: every device. An empty list is a choice that is not finished. */
  value: readonly string[] | null;
  onValue(next: readonly string[] | null): void;
}

/** So many devices are looked through without a search. */
const FEW = 8;

/** Every device, or some of them. */
export function DeviceChoice({ label, hint, error, value, onValue }: DeviceChoiceProps) {
  return (
    <>
      <Select
        label={label}
        hint={hint}
        error={value === null ? error : undefined}
        options={[
          { value: 'all', label: c('allDevices') },
          { value: 'some', label: c('someDevices') },
        ]}
        value={value === null ? 'all' : 'some'}
        onValue={(which) => onValue(which === 'all' ? null : [])}
      />
      {value !== null && <Boxes error={error} value={value} onValue={onValue} />}
    </>
  );
}

function Boxes({
  error,
  value,
  onValue,
}: Pick<DeviceChoiceProps, 'error' | 'onValue'> & { value: readonly string[] }) {
  const [text, setText] = useState('');
  const known = devices.value.map(({ deviceId, deviceName }) => ({
    value: deviceId,
    label: deviceName ?? deviceId,
    hint: deviceName === null ? undefined : deviceId,
  }));
  // A device that is gone stays chosen until somebody takes it out.
  const ids = new Set(known.map((each) => each.value));
  const gone = value.filter((id) => !ids.has(id)).map((id) => ({ value: id, label: id, hint: undefined }));
  const wanted = text.trim().toLowerCase();
  const shown = [...gone, ...known].filter(
    (each) =>
      wanted === '' ||
      value.includes(each.value) ||
      `${each.label} ${each.value}`.toLowerCase().includes(wanted),
  );
  return (
    <CheckGroup
      label={c('someDevicesChosen', { count: value.length })}
      error={error}
      options={shown}
      values={value}
      onValues={onValue}
      scroll={shown.length > FEW}
    >
      {known.length > FEW && (
        <TextField label={c('findDevice')} type="search" value={text} onValue={setText} maxLength={100} />
      )}
    </CheckGroup>
  );
}
