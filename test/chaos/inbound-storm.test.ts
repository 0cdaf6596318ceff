import { expect, it } from 'vitest';
import { storm } from '../support/inbound-storm.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';

const CIPHERTEXTS = CHAOS.isLong ? 2_000 : 300;
const timeout = CHAOS.isLong ? 900_000 : 180_000;
const LINES_PER_MINUTE = 60;

it('G24: a storm of messages that cannot be decrypted hurts nobody else', { timeout }, async () => {
  const report = await storm({ ciphertexts: CIPHERTEXTS, without: 'nothing' });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.linesInWorstMinute).toBeLessThanOrEqual(LINES_PER_MINUTE);
  expect(report.heapGrowthMb).toBeLessThanOrEqual(50);
  expect(report.arrived).toBe(report.written);
  expect(report.warnings).toEqual(['crypto_degraded']);
  expect(report.warningsOfOther).toEqual([]);
  expect(report.counted).toBe(CIPHERTEXTS);
});

it('G24, without the limit: the log gets a line for each', { timeout }, async () => {
  const report = await storm({ ciphertexts: CIPHERTEXTS, without: 'log-limits' });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.linesInWorstMinute).toBeGreaterThan(LINES_PER_MINUTE);
});
