import { describe, expect, it } from 'vitest';
import { keepOperatingMode, OperatingModeError } from '../../src/settings/operating-mode.ts';

function settingsOf(stored: unknown) {
  let value = stored;
  return {
    find: async () => value,
    set: async (_name: string, next: unknown) => {
      value = next;
    },
  };
}

describe('the operating mode of a database', () => {
  it('is what the first start was, and later starts agree', async () => {
    const settings = settingsOf(null);
    await keepOperatingMode(settings, 'sandbox');
    await expect(keepOperatingMode(settings, 'sandbox')).resolves.toBeUndefined();
  });

  it.each([
    ['live', 'sandbox', /DATA_DIR/],
    ['sandbox', 'live', /WA_SANDBOX=true/],
  ] as const)('a %s database refuses to start as %s and says what to do', async (stored, mode, advice) => {
    const refusal = keepOperatingMode(settingsOf(stored), mode);
    await expect(refusal).rejects.toThrow(OperatingModeError);
    await expect(refusal).rejects.toThrow(advice);
  });
});
