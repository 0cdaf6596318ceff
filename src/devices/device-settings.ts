import { AppError } from '../shared/errors.ts';
import type { DeviceSettings } from './device.ts';
import { DEFAULT_PACING, mergePacing, type PacingPatch, pacingProblem } from './pacing-settings.ts';

/** What an operator asks to be changed; what is left out stays as it is. */
export type SettingsPatch = Partial<Omit<DeviceSettings, 'pacing'>> & { readonly pacing?: PacingPatch };

/** Of a device nobody set anything for. */
export const DEFAULT_DEVICE_SETTINGS: DeviceSettings = {
  autoRead: false,
  markOnline: false,
  historyDays: null,
  pacing: DEFAULT_PACING,
};

/** `settings` with `patch` laid over them. Throws VALIDATION_FAILED when the result does not fit together. */
export function mergeSettings(settings: DeviceSettings, { pacing, ...patch }: SettingsPatch): DeviceSettings {
  const merged = { ...settings, ...patch, pacing: mergePacing(settings.pacing, pacing) };
  const problem = pacingProblem(merged.pacing);
  if (problem) throw new AppError('VALIDATION_FAILED', { problem });
  return merged;
}

/** Settings as a row has them: rows of older releases know less than we do. */
export function settingsFromRow(stored: unknown): DeviceSettings {
  const { pacing, ...rest } = stored as SettingsPatch;
  return { ...DEFAULT_DEVICE_SETTINGS, ...rest, pacing: mergePacing(DEFAULT_PACING, pacing) };
}
