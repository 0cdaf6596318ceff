// Adds up vitest's report and the exit codes of the other checks ("name code" a line), and prints the closing line.
import { existsSync, readFileSync } from 'node:fs';

const [reportFile, stepsFile] = process.argv.slice(2);
const steps = readFileSync(stepsFile, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
const testsCode = Number(steps.find(([name]) => name === 'tests')?.[1] ?? 1);
const checks = steps.filter(([name]) => name !== 'tests');

const tests = existsSync(reportFile) ? countTests(JSON.parse(readFileSync(reportFile, 'utf8'))) : null;
const passed = (tests?.passed ?? 0) + checks.filter(([, code]) => code === '0').length;
let failed = (tests?.failed ?? 0) + checks.filter(([, code]) => code !== '0').length;
// An error outside any test (a crash, an unhandled rejection) fails the run without failing a test.
if (testsCode !== 0 && !tests?.failed) failed += 1;
// No report, or a report of nothing, proves nothing.
else if (!tests?.passed) failed += 1;

for (const [name, code] of checks.filter(([, code]) => code !== '0')) console.log(`${name} failed (${code})`);
for (const name of tests?.skipped ?? []) console.log(`skipped, which counts as failed here: ${name}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A test that did not run counts as failed, and so does a file that could not be loaded. */
function countTests(report) {
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const passing = results.filter(({ status }) => status === 'passed').length;
  const skipped = results.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((result) => result.status === 'passed'),
  );
  return {
    passed: passing,
    failed: results.length - passing + broken.length,
    skipped: skipped.map(({ fullName }) => fullName),
  };
}
