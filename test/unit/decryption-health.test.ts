import { beforeEach, expect, it } from 'vitest';
import { createDecryptionHealth, type DecryptionHealth } from '../../src/devices/decryption-health.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';

const HOUR_MS = 3_600_000;
let clock: ManualClock;
let health: DecryptionHealth;
let lines: string[];

beforeEach(() => {
  clock = createManualClock();
  lines = [];
  const log = { ...silentLogger, error: (_: unknown, line: string) => void lines.push(line) };
  health = createDecryptionHealth({ deviceId: 'ana' as DeviceId, clock, log: log as typeof silentLogger });
});

const fail = (id: string, isFromOwnPhone = false) =>
  health.failed({ waMessageId: id as WaMessageId, isFromOwnPhone });
const codes = () => health.warnings().map(({ code }) => code);

it('calls a message lost when it could not be read the sixth time: its sender is asked five times', () => {
  for (let attempt = 1; attempt <= 5; attempt += 1) fail('M1');
  fail('M2');
  expect(codes()).toEqual([]);
  const since = clock.now();
  fail('M1');
  expect(health.warnings()).toMatchObject([{ code: 'messages_lost', since }]);
});

it('calls what the own phone says lost at once: it is not asked again', () => {
  fail('M1', true);
  expect(codes()).toEqual(['messages_lost']);
});

it('shows it for a day after the last one, and says so in the log once an hour', () => {
  fail('M1', true);
  clock.advance(HOUR_MS / 2);
  fail('M2', true);
  expect(lines).toHaveLength(1);
  clock.advance(HOUR_MS);
  fail('M3', true);
  expect(lines).toHaveLength(2);
  clock.advance(24 * HOUR_MS - 1);
  expect(codes()).toEqual(['messages_lost']);
  clock.advance(1);
  expect(codes()).toEqual([]);
});

it('calls a device degraded at thirty failures within a minute, and not at as many in an hour', () => {
  for (let count = 0; count < 60; count += 1) {
    fail(`slow ${count}`);
    clock.advance(HOUR_MS / 60);
  }
  expect(codes()).toEqual([]);
  for (let count = 0; count < 30; count += 1) fail(`quick ${count}`);
  expect(codes()).toEqual(['crypto_degraded']);
  clock.advance(HOUR_MS / 6);
  expect(codes()).toEqual([]);
});
