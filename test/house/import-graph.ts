import { posix } from 'node:path';
import type { SourceFile } from './source-file.ts';

/** One import statement, resolved: `target` is a path of the project, or `package` the name of what is installed. */
export interface Edge {
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  readonly target: string | null;
  readonly package: string | null;
}

/** All imports of `sources`; Node's own modules have neither target nor package. */
export function edgesOf(sources: readonly SourceFile[]): Edge[] {
  return sources.flatMap(({ path, imports }) =>
    imports.map(({ specifier, line }) => ({
      from: path,
      line,
      specifier,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null,
      package: packageOf(specifier),
    })),
  );
}

/** The feature folder of a file below src/; files directly in src/ belong to none: they put the features together. */
export function folderOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Which folder of src/ imports which, without itself. */
export function folderGraph(edges: readonly Edge[]): Map<string, Set<string>> {
  const pairs = edges.map(({ from, target }) => [folderOf(from), target && folderOf(target)] as const);
  return graphOf(pairs.filter(([from, to]) => from !== to));
}

export function fileGraph(edges: readonly Edge[]): Map<string, Set<string>> {
  return graphOf(edges.map(({ from, target }) => [from, target] as const));
}

/** One path per knot of nodes that reach each other, e.g. `['a', 'b', 'a']`. */
export function cyclesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const follow = (node: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(node);
    if (seen !== -1) {
      cycles.push([...trail.slice(seen), node]);
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) follow(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) follow(node, []);
  return cycles;
}

function graphOf(pairs: readonly (readonly [string | null, string | null])[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of pairs) {
    if (from && to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  }
  return graph;
}

function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
