import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { PROJECT_ROOT } from './source-file.ts';

type Status = 'passed' | 'failed' | 'skipped';

/** Runs the counter on a report with these files of tests, and returns its last line and exit code. */
function count(files: readonly { status: Status; tests: readonly Status[] }[] | null, steps: string) {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-count-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const report = join(folder, 'report.json');
  const stepsFile = join(folder, 'steps');
  writeFileSync(stepsFile, steps);
  const testResults = files?.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((result) => ({ status: result, fullName: 'a test' })),
  }));
  if (testResults) writeFileSync(report, JSON.stringify({ testResults }));
  const counter = join(PROJECT_ROOT, '.ci/count.mjs');
  const { stdout, status } = spawnSync(process.execPath, [counter, report, stepsFile], { encoding: 'utf8' });
  return { last: stdout.trimEnd().split('\n').at(-1), status };
}

it('adds tests and checks', () => {
  const files = [{ status: 'passed', tests: ['passed', 'passed'] }] as const;
  expect(count(files, 'tests 0\nbiome 0\ntsc 0\n')).toEqual({ last: '4 passed, 0 failed', status: 0 });
});

it('counts a failed test, a failed check, and a file that did not load', () => {
  const files = [
    { status: 'failed', tests: ['passed', 'failed'] },
    { status: 'failed', tests: [] },
  ] as const;
  expect(count(files, 'tests 1\nbiome 1\n')).toEqual({ last: '1 passed, 3 failed', status: 1 });
});

it('counts a skipped test as failed: what did not run is not proven', () => {
  const files = [{ status: 'passed', tests: ['passed', 'skipped'] }] as const;
  expect(count(files, 'tests 0\n')).toEqual({ last: '1 passed, 1 failed', status: 1 });
});

it('fails when vitest failed without a failed test, and when there is no report', () => {
  const files = [{ status: 'passed', tests: ['passed'] }] as const;
  expect(count(files, 'tests 1\n')).toEqual({ last: '1 passed, 1 failed', status: 1 });
  expect(count(null, 'tests 0\n')).toEqual({ last: '0 passed, 1 failed', status: 1 });
  expect(count([], 'tests 0\n')).toEqual({ last: '0 passed, 1 failed', status: 1 });
});
