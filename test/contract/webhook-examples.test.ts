import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { newWebhookSecret, signWebhook } from '../../src/shared/standard-webhooks.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
const SECRET = newWebhookSecret(systemRandom);
const BODY = '{"type":"message","data":{"message":{"text":"Zoë 😀"}}}';

/** The example as somebody copies it, and a program around it that asks for each case on its standard input. */
const EXAMPLES = [
  {
    language: 'ts',
    file: 'verify.ts',
    program: process.execPath,
    around: (code: string) => `${code}
import { readFileSync } from 'node:fs';
const cases = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
process.stdout.write(JSON.stringify(cases.map((each: any) => verify(each.secret, each.headers, each.body))));`,
  },
  {
    language: 'python',
    file: 'verify.py',
    program: 'python3',
    around: (code: string) => `${code}
import json, sys
cases = json.load(open(sys.argv[1], encoding="utf-8"))
print(json.dumps([verify(each["secret"], each["headers"], each["body"]) for each in cases]))`,
  },
];

const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;

describe.each(EXAMPLES.filter(({ program }) => isInstalled(program)))(
  'the example in $language',
  (example) => {
    it('accepts what we sign, also during a rotation, and refuses what is forged, changed or old', async () => {
      const code = new RegExp(`\`\`\`${example.language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
      if (code === undefined) throw new Error(`docs/webhooks.md has no example in ${example.language}`);
      const folder = mkdtempSync(join(tmpdir(), 'wafleet-example-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const [file, cases] = [join(folder, example.file), join(folder, 'cases.json')];
      writeFileSync(file, example.around(code));
      writeFileSync(cases, JSON.stringify(CASES.map(({ given }) => given)));

      const { stdout } = await run(example.program, [file, cases]);

      const verdicts: boolean[] = JSON.parse(stdout);
      expect(CASES.map(({ name }, index) => [name, verdicts[index]])).toEqual(
        CASES.map(({ name, isGenuine }) => [name, isGenuine]),
      );
    });
  },
);

const content = { id: '01K3Q0YB5T8W2E4R6T8Y0A2S4D', at: new Date(), body: BODY };
const headers = signWebhook(content, [SECRET]);
const rotating = signWebhook(content, [newWebhookSecret(systemRandom), SECRET]);
const old = signWebhook({ ...content, at: new Date(Date.now() - 600_000) }, [SECRET]);
const genuine = { secret: SECRET, headers, body: BODY };

const CASES = [
  { name: 'ours', isGenuine: true, given: genuine },
  { name: 'during a rotation', isGenuine: true, given: { ...genuine, headers: rotating } },
  { name: 'another body', isGenuine: false, given: { ...genuine, body: BODY.replace('Zoë', 'Zoe') } },
  {
    name: 'another id',
    isGenuine: false,
    given: { ...genuine, headers: { ...headers, 'webhook-id': '01K' } },
  },
  { name: 'another secret', isGenuine: false, given: { ...genuine, secret: newWebhookSecret(systemRandom) } },
  { name: 'ten minutes old', isGenuine: false, given: { ...genuine, headers: old } },
  { name: 'no signature', isGenuine: false, given: { ...genuine, headers: { 'webhook-id': content.id } } },
];
