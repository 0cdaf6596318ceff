import { type Edge, folderGraph } from './import-graph.ts';

const START = '<!-- diagram: written by `npm run diagram` -->\n';
const END = '<!-- end of diagram -->\n';

/** Folders everything imports; their arrows would only hide the others. */
const EVERYWHERE = ['shared', 'generated'];

/** Which folder of src/ imports which, as a Mermaid flowchart. */
export function folderDiagram(edges: readonly Edge[]): string {
  const arrows = [...folderGraph(edges)].flatMap(([from, targets]) =>
    [...targets].filter((to) => !EVERYWHERE.includes(to)).map((to) => `  ${from} --> ${to}`),
  );
  const folders = new Set([...folderGraph(edges).keys()].filter((name) => !EVERYWHERE.includes(name)));
  const lonely = [...folders].filter((name) => !arrows.some((arrow) => arrow.split(/\W+/).includes(name)));
  return [
    '```mermaid',
    'flowchart TD',
    ...[...arrows, ...lonely.map((name) => `  ${name}`)].sort(),
    '```',
    '',
  ].join('\n');
}

/** `document` with its diagram replaced; throws when the marks around it are gone. */
export function withDiagram(document: string, diagram: string): string {
  const start = document.indexOf(START);
  const end = document.indexOf(END);
  if (start === -1 || end < start)
    throw new Error('docs/architecture.md has lost the marks around its diagram');
  return `${document.slice(0, start)}${START}\n${diagram}\n${document.slice(end)}`;
}
