import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const DEVICE_API = '/api/whatsapp-multi-device';

/** A fenced block of a document. */
export interface Block {
  readonly document: string;
  readonly language: string;
  readonly code: string;
}

/** A call as a document shows it; `server`: ours, or the control of the simulator. */
export interface Example {
  readonly document: string;
  readonly server: 'api' | 'simulator';
  readonly method: string;
  readonly path: string;
  /** JSON, or what `file` stands for. */
  readonly body: string | null;
  /** The fields of a form; `@` begins the name of a file. */
  readonly form: readonly (readonly [name: string, value: string])[];
  readonly isFile: boolean;
  /** What the command says its body is. */
  readonly type?: string | undefined;
}

/** All blocks of the documents for users, in their order. */
export function blocksOfDocuments(): Block[] {
  const names = readdirSync(new URL('docs/', ROOT), { recursive: true, encoding: 'utf8' }).sort();
  return ['README.md', ...names.map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith('.md'))
    .flatMap((document) => {
      const text = readFileSync(new URL(document, ROOT), 'utf8');
      return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = '', code = '']) => ({
        document,
        language,
        code,
      }));
    });
}

/** The commands of shell blocks, each in one line; without comments and what follows a command. */
export function commandsOf(blocks: readonly Block[]): { document: string; command: string }[] {
  return blocks
    .filter(({ language }) => language === 'sh' || language === 'bash')
    .flatMap(({ document, code }) =>
      linesOf(code.replaceAll('\\\n', ' '))
        .map((command) => ({ document, command: command.trim() }))
        .filter(({ command }) => command !== '' && !command.startsWith('#')),
    );
}

/** Commands; a text in quotes may have several lines. */
function linesOf(code: string): string[] {
  return [...code.matchAll(/(?:'[^']*'|#[^\n]*|[^'\n])+/g)].map(([line]) => line);
}

/**
 * A call of ours; null for any other command. A document says at its head what `$API` is, and with `alias ask` that parameters are
 * those of a GET.
 */
export function exampleIn({ document, command }: { document: string; command: string }): Example | null {
  const [, name, rest] = /\$\{?(API|URL|SIM)\}?(\/[^\s"'$<]*)/.exec(command) ?? [];
  if (!/^(curl|ask) /.test(command) || rest === undefined) return null;
  const server = name === 'SIM' ? 'simulator' : 'api';
  const isWhole = server === 'simulator' || (name === 'URL' && /^\/(api|admin)\//.test(rest));
  const path = (isWhole ? '' : baseOf(document)) + rest;
  const common = { document, server, form: [], isFile: false } as const;
  if (command.startsWith('ask '))
    return { ...common, method: 'GET', path: path + queryOf(command), body: null };
  const body = / -d '([^']*)'/.exec(command)?.[1] ?? null;
  const form = [...command.matchAll(/ -F (\w+)=(\S+)/g)].map(
    ([, key = '', value = '']) => [key, value] as const,
  );
  const isFile = / --data-binary @/.test(command);
  const type = /Content-Type: ([^"']+)/i.exec(command)?.[1];
  const method =
    / -\w*X ?([A-Z]+)/.exec(command)?.[1] ?? (body !== null || form.length > 0 || isFile ? 'POST' : 'GET');
  return { ...common, method, path, body, form, isFile, type };
}

/** `POST /api/… {json}`, a line each; null for a block that shows something else. */
export function requestsIn({ document, code }: Block): Example[] | null {
  const found = code
    .trim()
    .split('\n')
    .map((line) => /^(GET|POST|PUT|PATCH|DELETE) +(\/api\/\S*)(?: +(\{.*\}))?$/.exec(line));
  if (found.some((each) => each === null)) return null;
  return found.map((each) => {
    const [, method = '', path = '', body = null] = each ?? [];
    return { document, server: 'api', method, path, body, form: [], isFile: false };
  });
}

function baseOf(document: string): string {
  const text = readFileSync(new URL(document, ROOT), 'utf8');
  const [declared, base = ''] = /^API=https?:\/\/[^/\s]+(\/\S*)?$/m.exec(text) ?? [];
  return declared === undefined ? DEVICE_API : base;
}

/** `-d q=teh --data-urlencode 'from=2026-03-01 08:00'` as a query; what comes from a variable is left out. */
function queryOf(command: string): string {
  const query = new URLSearchParams();
  for (const [, quoted, plain = ''] of command.matchAll(/ (?:-d|--data-urlencode) (?:'([^']*)'|(\S+))/g)) {
    const [name = '', ...value] = (quoted ?? plain).split('=');
    if (!value.some((part) => part.includes('$'))) query.append(name, value.join('='));
  }
  return `?${query}`;
}
