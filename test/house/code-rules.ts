import type { Argument, Expression } from 'oxc-parser';
import { folderOf } from './import-graph.ts';
import type { Rule, Violation } from './import-rules.ts';
import { type SourceFile, visit } from './source-file.ts';

const CLOCK_FILES = ['src/shared/clock.ts', 'src/shared/random.ts', 'src/dashboard/ui/lib/clock.ts'];
const CLOCK_CALLS = [
  'setTimeout',
  'setInterval',
  'Date.now',
  'performance.now',
  'Math.random',
  'crypto.randomUUID',
  'randomUUID',
];
const SLEEP_CALLS = ['setTimeout', 'setInterval', 'vi.useFakeTimers'];
/** A statement, not prose: the verbs in the order SQL has them, at the start of the text. */
const SQL =
  /^\s*(select\s[\s\S]*\sfrom\s|insert\s+(or\s+\w+\s+|ignore\s+)?into\s|replace\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(create|alter|drop)\s+table\s)/i;

/** Rules on what a file says rather than on what it imports. */
export const codeRules: readonly Rule[] = [
  sourceRule({
    name: 'process.env is read in config only',
    instead: 'add the key to CONFIG_KEYS in src/config and take the value from the config object',
    appliesTo: (path) => isProduct(path) && folderOf(path) !== 'config',
    find: (source) => memberUses(source, ['process.env']),
  }),
  sourceRule({
    name: 'time and chance are injected',
    instead: 'take a Clock, Ids or Random from src/shared as a dependency',
    appliesTo: (path) => isProduct(path) && !CLOCK_FILES.includes(path),
    find: (source) => [...callUses(source, CLOCK_CALLS), ...bareDates(source)],
  }),
  sourceRule({
    name: 'SQL is written in repositories and database only',
    instead: "move the statement into the feature's -repository.ts",
    appliesTo: (path) =>
      isProduct(path) && !/-(repository|statements)\.ts$/.test(path) && folderOf(path) !== 'database',
    find: sqlTexts,
  }),
  sourceRule({
    name: 'no default exports and no barrels',
    instead: 'export by name, and import from the file where the thing lives',
    appliesTo: isProduct,
    find: (source) => [...defaultExports(source), ...barrels(source)],
  }),
  sourceRule({
    name: 'the pages write no HTML of their own',
    instead: 'let Preact draw it: what it draws is text, whatever it holds',
    appliesTo: (path) => path.startsWith('src/dashboard/ui/'),
    find: rawHtml,
  }),
  sourceRule({
    name: 'tests wait for events, never for time',
    instead: 'await the event or promise, or advance the fake clock in test/fakes',
    appliesTo: (path) => /^test\//.test(path) && !/^test\/(fakes|support)\//.test(path),
    find: (source) => callUses(source, SLEEP_CALLS),
  }),
  sourceRule({
    name: 'no test is skipped or runs alone, and Baileys is never mocked',
    instead: 'repair or delete the test; talk to the simulator instead of a mock',
    appliesTo: (path) => /^test\//.test(path),
    find: (source) => [...skippedTests(source), ...callUses(source, ['vi.mock', 'vi.doMock'])],
  }),
];

interface SourceRule {
  readonly name: string;
  readonly instead: string;
  appliesTo(path: string): boolean;
  find(source: SourceFile): Found[];
}

interface Found {
  readonly offset: number;
  readonly what: string;
}

function sourceRule({ name, instead, appliesTo, find }: SourceRule): Rule {
  const violationsOf = (source: SourceFile): Violation[] =>
    find(source).map(({ offset, what }) => ({ where: `${source.path}:${source.lineOf(offset)}`, what }));
  return {
    name,
    instead,
    violations: (sources) => sources.filter(({ path }) => appliesTo(path)).flatMap(violationsOf),
  };
}

function isProduct(path: string): boolean {
  return /^(src|workers)\//.test(path);
}

/** `a.b` as text for simple names, else the empty string. */
function nameOf(node: Expression | Argument): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return '';
  return `${nameOf(node.object)}.${node.property.name}`;
}

function callUses(source: SourceFile, names: readonly string[]): Found[] {
  const found: Found[] = [];
  visit(source, {
    CallExpression({ callee, start }) {
      const name = nameOf(callee);
      const known = names.find((wanted) => name === wanted || name === `globalThis.${wanted}`);
      if (known) found.push({ offset: start, what: `calls ${known}` });
    },
  });
  return found;
}

function memberUses(source: SourceFile, names: readonly string[]): Found[] {
  const found: Found[] = [];
  visit(source, {
    MemberExpression(node) {
      if (names.includes(nameOf(node))) found.push({ offset: node.start, what: `reads ${nameOf(node)}` });
    },
  });
  return found;
}

function bareDates(source: SourceFile): Found[] {
  const found: Found[] = [];
  visit(source, {
    NewExpression({ callee, arguments: given, start }) {
      if (nameOf(callee) === 'Date' && given.length === 0)
        found.push({ offset: start, what: 'calls new Date()' });
    },
  });
  return found;
}

function sqlTexts(source: SourceFile): Found[] {
  const found: Found[] = [];
  const check = (text: unknown, offset: number) => {
    if (typeof text === 'string' && SQL.test(text))
      found.push({ offset, what: `says "${text.slice(0, 40).trim()}"` });
  };
  visit(source, {
    Literal: ({ value, start }) => check(value, start),
    TemplateLiteral: ({ quasis, start }) => check(quasis.map(({ value }) => value.raw).join('x'), start),
  });
  return found;
}

function defaultExports(source: SourceFile): Found[] {
  const found: Found[] = [];
  visit(source, {
    ExportDefaultDeclaration: ({ start }) => void found.push({ offset: start, what: 'exports a default' }),
  });
  return found;
}

function barrels({ program }: SourceFile): Found[] {
  const reexports = program.body.filter(
    (statement) =>
      statement.type === 'ExportAllDeclaration' ||
      (statement.type === 'ExportNamedDeclaration' && statement.source !== null),
  );
  const isBarrel = reexports.length > 0 && reexports.length === program.body.length;
  return isBarrel ? [{ offset: 0, what: 'only passes on what other files export' }] : [];
}

const RAW_HTML = [
  'dangerouslySetInnerHTML',
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'createContextualFragment',
  'srcdoc',
  'srcDoc',
];

/** Every way by which a text becomes elements, and addresses that are programs. */
function rawHtml(source: SourceFile): Found[] {
  const found: Found[] = [];
  const check = (name: string, offset: number) => {
    if (RAW_HTML.includes(name)) found.push({ offset, what: `uses ${name}` });
  };
  visit(source, {
    Identifier: ({ name, start }) => check(name, start),
    JSXIdentifier: ({ name, start }) => check(name, start),
    Literal({ value, start }) {
      if (typeof value !== 'string') return;
      check(value, start);
      if (/^\s*javascript:/i.test(value)) found.push({ offset: start, what: 'has a javascript: address' });
    },
    CallExpression({ callee, start }) {
      if (['document.write', 'eval'].includes(nameOf(callee))) {
        found.push({ offset: start, what: `calls ${nameOf(callee)}` });
      }
    },
  });
  return found;
}

function skippedTests(source: SourceFile): Found[] {
  const suspicious = /^(it|test|describe|suite)(\.\w+)*\.(skip|only|todo|fails)$/;
  const found: Found[] = [];
  visit(source, {
    MemberExpression(node) {
      const name = nameOf(node);
      if (suspicious.test(name)) found.push({ offset: node.start, what: `uses ${name}` });
    },
  });
  return found;
}
