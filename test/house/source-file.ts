import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EcmaScriptModule, type Program, parseSync, Visitor, type VisitorObject } from 'oxc-parser';

/** The folder of the project; all paths of the house tests are relative to it, with forward slashes. */
export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ImportStatement {
  readonly specifier: string;
  readonly line: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly imports: readonly ImportStatement[];
  /** Lines that hold nothing but a comment. */
  readonly commentLines: number;
  readonly lines: number;
  lineOf(offset: number): number;
}

/** Parses one module; throws when it is not TypeScript, so that no rule passes over a file it could not read. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, module, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const lineOf = lineFinder(text);
  const linesOfComments = comments
    .filter(({ start }) => text.slice(text.lastIndexOf('\n', start) + 1, start).trim() === '')
    .map(({ start, end }) => lineOf(end - 1) - lineOf(start) + 1);
  return {
    path,
    text,
    program,
    imports: importsOf(program, module, text, lineOf),
    commentLines: linesOfComments.reduce((sum, count) => sum + count, 0),
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    lineOf,
  };
}

/** Every .ts, .tsx and .mjs file below `folders`, save generated code and installed packages. */
export function readSources(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => listFiles(join(PROJECT_ROOT, folder)))
    .map((file) => relative(PROJECT_ROOT, file).replaceAll('\\', '/'))
    .filter((path) => /\.(tsx?|mjs)$/.test(path) && !/(^|\/)(generated|node_modules)\//.test(path))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(PROJECT_ROOT, path), 'utf8')));
}

/** Calls the handlers for the nodes of one file. */
export function visit(source: SourceFile, handlers: VisitorObject): void {
  new Visitor(handlers).visit(source.program);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Static and dynamic imports, re-exports, and `import('x').T` in types. */
function importsOf(
  program: Program,
  module: EcmaScriptModule,
  text: string,
  lineOf: (offset: number) => number,
): ImportStatement[] {
  const found = module.staticImports.map(({ moduleRequest }) => moduleRequest);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) found.push(moduleRequest);
  }
  for (const { moduleRequest: span } of module.dynamicImports)
    found.push({ ...span, value: unquote(text, span) });
  const types = new Visitor({
    TSImportType: ({ source }) => void found.push({ ...source, value: source.value }),
  });
  types.visit(program);
  return found
    .map(({ value, start }) => ({ specifier: value, line: lineOf(start) }))
    .sort((a, b) => a.line - b.line);
}

function unquote(text: string, { start, end }: { start: number; end: number }): string {
  return text.slice(start, end).replace(/^['"`]|['"`]$/g, '');
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
