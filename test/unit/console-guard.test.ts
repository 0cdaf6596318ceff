import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { installConsoleGuard } from '../../src/whatsapp/console-guard.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const SCRIPT = join(import.meta.dirname, '../support/talkative-libsignal.ts');
const SECRETS = /privKey|rootKey|chainKey|a-private-key|a-root-key/;

async function outputOf(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SCRIPT, ...args]);
  return stdout + stderr;
}

describe('libsignal, which prints sessions', () => {
  it('writes nothing of them once Baileys was loaded our way', async () => {
    const output = await outputOf();
    expect(output).not.toMatch(SECRETS);
    expect(output).toContain('console output of a library dropped');
    expect(output.trim().split('\n')).toHaveLength(2);
  });

  it('would have written them otherwise', async () => {
    expect(await outputOf('unguarded')).toMatch(SECRETS);
  });
});

describe('the console guard', () => {
  it('drops and counts everything, and reports the count once a minute at most', () => {
    const clock = createManualClock();
    const reports: object[] = [];
    const log = { ...silentLogger, debug: (data: object) => void reports.push(data) };
    const guard = installConsoleGuard({ log, clock });
    onTestFinished(guard.remove);
    const target = globalThis.console;
    for (let turn = 0; turn < 5; turn += 1) target.info('secret', turn);
    target.error('secret');
    expect(guard.dropped()).toBe(6);
    expect(reports).toEqual([{ lines: 1 }]);
    clock.advance(60_000);
    target.warn('secret');
    expect(reports).toEqual([{ lines: 1 }, { lines: 6 }]);
  });
});
