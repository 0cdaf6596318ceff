import { devices } from '../lib/device-store.ts';
import { c } from '../texts/common.ts';
import { Select } from './select.tsx';

interface DeviceSelectProps {
  label?: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  onValue(deviceId: string): void;
  /** A first entry that stands for all or none; its value is ''. */
  emptyLabel?: string;
  /** Only devices that can send now. */
  connectedOnly?: boolean;
}

/** One of the devices the person may see. */
export function DeviceSelect({
  label,
  hint,
  error,
  value,
  onValue,
  emptyLabel,
  connectedOnly,
}: DeviceSelectProps) {
  const shown = devices.value.filter(
    (device) => !connectedOnly || device.isConnected || device.deviceId === value,
  );
  const options = shown.map(({ deviceId, deviceName }) => ({
    value: deviceId,
    label: deviceName === null ? deviceId : `${deviceName} (${deviceId})`,
  }));
  const first = { value: '', label: emptyLabel ?? c(shown.length === 0 ? 'noDevices' : 'chooseDevice') };
  return (
    <Select
      label={label ?? c('device')}
      hint={hint}
      error={error}
      options={[first, ...options]}
      value={value}
      onValue={onValue}
    />
  );
}
