import { expect, it } from 'vitest';
import { firstSteps } from '../../src/access/first-steps.ts';

const url = 'http://127.0.0.1:4000';

it('a first start shows the key and the set-up link, behind the # that no server and no log sees', () => {
  const text = firstSteps({ url, firstKey: { kind: 'generated', secret: 'wfl_secret' }, setupToken: 'abc' });
  expect(text).toContain('    wfl_secret\n');
  expect(text).toContain(`    ${url}/#/setup?token=abc\n`);
});

it('a start without a new key shows the link alone, and nothing once somebody can sign in', () => {
  const exists = { kind: 'exists', adminKeyWorks: null } as const;
  const text = firstSteps({ url, firstKey: exists, setupToken: 'abc' });
  expect(text).toContain('#/setup?token=abc');
  expect(text).not.toContain('key');
  expect(firstSteps({ url, firstKey: exists, setupToken: null })).toBeNull();
});
