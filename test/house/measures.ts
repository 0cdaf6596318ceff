import type { Node } from 'oxc-parser';
import { type SourceFile, visit } from './source-file.ts';

export interface FunctionLength {
  readonly where: string;
  /** From the first line to the last. */
  readonly whole: number;
  /** Without the lines of the functions inside: what one has to read to understand this one. */
  readonly own: number;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** Length of every function of a file. A `createX` that returns closures is long as a whole and short by itself. */
export function functionLengths(source: SourceFile): FunctionLength[] {
  const suites = suiteCallbacks(source);
  const spans: Span[] = [];
  const measure = ({ start, end }: Node) => {
    if (!suites.has(start)) spans.push({ first: source.lineOf(start), last: source.lineOf(end - 1) });
  };
  visit(source, {
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  });
  return spans.map((span) => ({
    where: `${source.path}:${span.first}`,
    whole: lengthOf(span),
    own: lengthOf(span) - linesInside(span, spans),
  }));
}

function lengthOf({ first, last }: Span): number {
  return last - first + 1;
}

/** Lines between the first and the last that belong to functions nested in `outer`. */
function linesInside(outer: Span, spans: readonly Span[]): number {
  const lines = new Set<number>();
  for (const { first, last } of spans) {
    const nested = first > outer.first ? last <= outer.last : first === outer.first && last < outer.last;
    if (!nested) continue;
    // A line that opens or closes a nested function is still read with the outer one.
    for (let line = first + 1; line < last; line += 1) lines.add(line);
  }
  return lines.size;
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

/**
 * A `describe` block, or a function that declares tests, is a chapter and not a function one reads at once; the file's own
 * limit bounds it.
 */
function suiteCallbacks(source: SourceFile): Set<number> {
  const functions: { start: number; end: number }[] = [];
  const tests: number[] = [];
  visit(source, {
    FunctionDeclaration: (node) => void functions.push(node),
    FunctionExpression: (node) => void functions.push(node),
    ArrowFunctionExpression: (node) => void functions.push(node),
    CallExpression({ callee, start }) {
      if (/^(describe|suite|it|test)\b/.test(source.text.slice(start, callee.end))) tests.push(start);
    },
  });
  const declaresTests = ({ start, end }: { start: number; end: number }) =>
    tests.some((at) => at > start && at < end);
  return new Set(functions.filter(declaresTests).map(({ start }) => start));
}
