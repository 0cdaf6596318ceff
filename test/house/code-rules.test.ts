import { describe, expect, it } from 'vitest';
import { codeRules } from './code-rules.ts';
import { parseSource, readSources } from './source-file.ts';

const sources = readSources(['src', 'workers', 'test']);

describe('the code rules of docs/architecture.md', () => {
  it.each(codeRules)('$name', ({ violations, instead }) => {
    const report = violations(sources).map(({ where, what }) => `${where} ${what}: ${instead}`);
    expect(report).toEqual([]);
  });
});

/** Texts that break a rule, each alone; then the same path or text where it is allowed. */
const planted: Record<
  string,
  { breaks: [path: string, text: string][]; keeps: [path: string, text: string][] }
> = {
  'process.env is read in config only': {
    breaks: [
      ['src/devices/a.ts', 'export const home = process.env.HOME;'],
      ['workers/a.ts', "export const home = process.env['HOME'];"],
    ],
    keeps: [
      ['src/config/env.ts', 'export const home = process.env.HOME;'],
      ['src/devices/a.ts', '// process.env\nexport const text = "process.env";'],
    ],
  },
  'time and chance are injected': {
    breaks: [
      ['src/devices/a.ts', 'setTimeout(() => {}, 5);'],
      ['src/devices/a.ts', 'globalThis.setInterval(() => {}, 5);'],
      ['src/devices/a.ts', 'export const now = Date.now();'],
      ['src/devices/a.ts', 'export const now = new Date();'],
      ['src/devices/a.ts', 'export const dice = Math.random();'],
    ],
    keeps: [
      ['src/shared/clock.ts', 'setTimeout(() => {}, 5);'],
      ['src/devices/a.ts', 'export const start = new Date(0); setImmediate(() => {});'],
    ],
  },
  'SQL is written in repositories and database only': {
    breaks: [
      ['src/devices/device-service.ts', "export const q = 'select a from device where id = ?';"],
      ['src/devices/device-service.ts', 'export const q = `delete from device\n where id = ?`;'],
      ['src/leases/keeper.ts', 'export const q = `\n  update device_lease set epoch = epoch + 1`;'],
    ],
    keeps: [
      ['src/devices/device-repository.ts', "export const q = 'select a from device';"],
      ['src/database/migrate.ts', "export const q = 'create table device (a int)';"],
      ['src/devices/device-service.ts', "export const text = 'Select a device, then update it';"],
    ],
  },
  'no default exports and no barrels': {
    breaks: [
      ['src/devices/a.ts', 'export default 1;'],
      ['src/devices/index.ts', "export * from './a.ts';\nexport { b } from './b.ts';"],
    ],
    keeps: [['src/devices/a.ts', "export type { B } from './b.ts';\nexport const a = 1;"]],
  },
  'the pages write no HTML of their own': {
    breaks: [
      ['src/dashboard/ui/a.tsx', 'export const a = <p dangerouslySetInnerHTML={x} />;'],
      ['src/dashboard/ui/a.tsx', "export const a = <p {...{ 'dangerouslySetInnerHTML': x }} />;"],
      ['src/dashboard/ui/a.ts', 'element.innerHTML = text;'],
      ['src/dashboard/ui/a.ts', "element.insertAdjacentHTML('beforeend', text);"],
      ['src/dashboard/ui/a.tsx', 'export const a = <a href="javascript:x()">x</a>;'],
      ['src/dashboard/ui/a.ts', 'document.write(text);'],
    ],
    keeps: [
      ['src/dashboard/ui/a.tsx', 'export const a = <p>{text}</p>;'],
      ['src/devices/a.ts', "export const innerHTML = '';"],
    ],
  },
  'tests wait for events, never for time': {
    breaks: [['test/unit/a.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 50));']],
    keeps: [
      ['test/fakes/clock.ts', 'setTimeout(() => {}, 5);'],
      ['test/unit/a.test.ts', 'clock.advance(50);'],
    ],
  },
  'no test is skipped or runs alone, and Baileys is never mocked': {
    breaks: [
      ['test/unit/a.test.ts', "it.skip('x', () => {});"],
      ['test/unit/a.test.ts', "describe.only('x', () => {});"],
      ['test/unit/a.test.ts', "it.only.each([1])('x', () => {});"],
      ['test/unit/a.test.ts', "vi.mock('@whiskeysockets/baileys');"],
    ],
    keeps: [['test/unit/a.test.ts', "it.each([1])('x', () => {}); vi.fn();"]],
  },
};

describe('a planted violation', () => {
  it.each(codeRules)('of "$name" is found, and its neighbour is not', ({ name, violations }) => {
    const { breaks = [], keeps = [] } = planted[name] ?? {};
    for (const [path, text] of breaks) {
      expect(violations([parseSource(path, text)]), text).toHaveLength(1);
    }
    for (const [path, text] of keeps) {
      expect(violations([parseSource(path, text)]), text).toEqual([]);
    }
    expect(Math.min(breaks.length, keeps.length)).toBeGreaterThan(0);
  });
});
