import { describe, expect, it } from 'vitest';
import {
  formatCode,
  spellCode,
  stageOf,
  startsByItself,
  stepsDone,
} from '../../../src/dashboard/ui/pages/pair/pairing-stage.ts';

const device = (fields: object = {}) => ({
  status: 'created' as const,
  hasSession: false,
  syncProgress: 0,
  cause: null,
  ...fields,
});
const because = (code: string) => ({ code, source: 'server', reason: code, retryAt: null, action: null });

describe('where a pairing stands', () => {
  const expected = [
    [{ status: 'created' }, 'stopped', 0],
    [{ status: 'connecting' }, 'waiting', 0],
    [{ status: 'pairing' }, 'waiting', 0],
    [{ status: 'reconnecting' }, 'waiting', 0],
    [{ status: 'connecting', hasSession: true }, 'linked', 2],
    [{ status: 'disconnected', hasSession: true }, 'resting', 2],
    [{ status: 'connected', hasSession: true, syncProgress: 40 }, 'syncing', 2],
    [{ status: 'connected', hasSession: true, syncProgress: 100 }, 'connected', 4],
    [{ status: 'logged_out' }, 'stopped', 0],
  ] as const;
  for (const [fields, stage, done] of expected) {
    it(`is ${stage} with ${JSON.stringify(fields)}`, () => {
      expect(stageOf(device(fields))).toBe(stage);
      expect(stepsDone(stage)).toBe(done);
    });
  }
});

describe('a code is asked for at once', () => {
  it('when nothing speaks against it', () => {
    expect(startsByItself(device())).toBe(true);
    for (const code of ['qr_expired', 'stopped', 'wiped', 'logout_requested'])
      expect(startsByItself(device({ status: 'disconnected', cause: because(code) })), code).toBe(true);
  });

  it('never after a refusal, and never where a phone is linked or a code is shown already', () => {
    for (const code of ['pairing_refused', 'banned', 'temp_banned', 'logged_out', 'account_locked'])
      expect(startsByItself(device({ status: 'error', cause: because(code) })), code).toBe(false);
    expect(startsByItself(device({ status: 'pairing' }))).toBe(false);
    expect(startsByItself(device({ status: 'disconnected', hasSession: true }))).toBe(false);
  });
});

it('a pairing code is shown as the phone shows it, and spelled for those who hear it', () => {
  expect(formatCode('2YP681XD')).toBe('2YP6-81XD');
  expect(spellCode('2YP6')).toBe('2 Y P 6');
});
