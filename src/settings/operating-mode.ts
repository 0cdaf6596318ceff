import type { SettingRepository } from './setting-repository.ts';

/** Whether the devices of a database are linked at WhatsApp or at a simulator. */
export type OperatingMode = 'live' | 'sandbox';

/** The database belongs to the other mode; starting would log out every device in it. */
export class OperatingModeError extends Error {
  override readonly name = 'OperatingModeError';
}

const SETTING = 'operating.mode';

/**
 * The first start decides, later ones must agree: sessions shown to a server that never issued them are refused as logged
 * out, and with them the account's link is gone. Throws OperatingModeError.
 */
export async function keepOperatingMode(
  settings: Pick<SettingRepository, 'find' | 'set'>,
  mode: OperatingMode,
): Promise<void> {
  const stored = await settings.find(SETTING);
  if (stored === null) return settings.set(SETTING, mode);
  if (stored === mode) return;
  throw new OperatingModeError(
    mode === 'sandbox'
      ? 'The database holds devices of the real WhatsApp: give the sandbox a DATA_DIR (or DATABASE_URL) of its own.'
      : 'The database holds devices of the sandbox: set WA_SANDBOX=true, or use another DATA_DIR (or DATABASE_URL).',
  );
}
