import type { Node } from 'oxc-parser';
import { type SourceFile, visit } from './source-file.ts';

export interface FunctionLength {
  readonly where: string;
  readonly lines: number;
}

/** Length of every function of a file, from its first line to its last, nested functions counted in both. */
export function functionLengths(source: SourceFile): FunctionLength[] {
  const suites = suiteCallbacks(source);
  const found: FunctionLength[] = [];
  const measure = ({ start, end }: Node) => {
    if (suites.has(start)) return;
    const first = source.lineOf(start);
    found.push({ where: `${source.path}:${first}`, lines: source.lineOf(end - 1) - first + 1 });
  };
  visit(source, {
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  });
  return found;
}

/** Where the type `any` is written. */
export function anyUses(source: SourceFile): string[] {
  const found: string[] = [];
  visit(source, {
    TSAnyKeyword: ({ start }) => void found.push(`${source.path}:${source.lineOf(start)}`),
  });
  return found;
}

/** The value below which `share` (0 to 1) of the values lie; 0 for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** A `describe` block is a chapter of tests, not a function one reads at once; the file's own limit bounds it. */
function suiteCallbacks(source: SourceFile): Set<number> {
  const starts = new Set<number>();
  visit(source, {
    CallExpression({ callee, arguments: given, start }) {
      const called = source.text.slice(start, callee.end);
      if (!/^(describe|suite)\b/.test(called)) return;
      const callback = given.at(-1);
      if (callback?.type === 'ArrowFunctionExpression' || callback?.type === 'FunctionExpression') {
        starts.add(callback.start);
      }
    },
  });
  return starts;
}
