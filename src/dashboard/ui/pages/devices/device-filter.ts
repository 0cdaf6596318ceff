import type { Device } from '../../api/device-types.ts';
import { needsAttention } from '../../lib/device-attention.ts';

export interface DeviceFilter {
  readonly text: string;
  /** A status, `attention` for those a person must look at, or '' for all. */
  readonly status: string;
  readonly tag: string;
}

/** The devices that pass, in their order. */
export function filterDevices(
  devices: readonly Device[],
  { text, status, tag }: DeviceFilter,
): readonly Device[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return devices.filter((device) => {
    if (status === 'attention' ? !needsAttention(device) : status !== '' && device.status !== status)
      return false;
    if (tag !== '' && !device.tags.includes(tag)) return false;
    const { deviceId, deviceName, phoneNumber, pushName, tags } = device;
    const said = [deviceId, deviceName, phoneNumber, pushName, ...tags].join(' ').toLowerCase();
    return words.every((word) => said.includes(word) || (phoneNumber ?? '').includes(digitsOf(word) ?? '?'));
  });
}

/** Every tag in use, sorted. */
export function tagsOf(devices: readonly Device[]): string[] {
  return [...new Set(devices.flatMap(({ tags }) => tags))].sort((a, b) => a.localeCompare(b));
}

/** A number as people write it, with spaces and signs between: its digits; null for a word. */
function digitsOf(word: string): string | null {
  return /^[+\d().-]+$/.test(word) && /\d/.test(word) ? word.replace(/\D/g, '') : null;
}
