import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_KEY, startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ROOT = new URL('../../', import.meta.url);
const DEVICE_API = '/api/whatsapp-multi-device';
const documents = ['README.md', ...readdirSync(new URL('docs/', ROOT)).map((name) => `docs/${name}`)];

/** A call of the API as a document shows it. */
interface Example {
  readonly document: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

/**
 * The calls of our API in the shell blocks of a document, where they have no file with them. A document says at its head what
 * `$API` is, and with `alias ask` that parameters are those of a GET.
 */
function examplesIn(document: string, text: string): Example[] {
  const blocks = [...text.matchAll(/^```(?:bash|sh)\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const base = /^API=https?:\/\/[^/]+(\/\S*)/m.exec(text)?.[1] ?? DEVICE_API;
  const commands = blocks.flatMap((code) => code.replaceAll('\\\n', ' ').split(/\n(?=\S)/));
  return commands.flatMap((command) => {
    const [, name, rest] = /\$\{?(API|URL)\}?(\/[^\s"'$<]*)/.exec(command) ?? [];
    const isOurs = /^(curl|ask) /.test(command) && rest !== undefined && !rest.startsWith('/admin/');
    if (!isOurs || / -F | --data-binary /.test(command)) return [];
    const path = (name === 'URL' && rest.startsWith('/api/') ? '' : base) + rest;
    if (command.startsWith('ask '))
      return [{ document, method: 'GET', path: path + queryOf(command), body: null }];
    const body = / -d '([^']*)'/.exec(command)?.[1] ?? null;
    const method = / -\w*X ?([A-Z]+)/.exec(command)?.[1] ?? (body ? 'POST' : 'GET');
    return [{ document, method, path, body }];
  });
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

const examples = documents
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => examplesIn(name, readFileSync(new URL(name, ROOT), 'utf8')));

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** Any answer will do but those that say that the call itself is wrong. */
const WRONG = [
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'MEDIA_TYPE_UNSUPPORTED',
];

it('there are examples to try', () => {
  expect(new Set(examples.map(({ document }) => document)).size).toBeGreaterThan(3);
  expect(examples.filter(({ body }) => body !== null).length).toBeGreaterThan(2);
});

it.each(examples)('$document: $method $path', async ({ method, path, body }) => {
  const headers = { 'x-api-key': ADMIN_KEY, 'x-backup-passphrase': 'a passphrase for the tests' };
  const answer = await server.api.call({ method, path, headers, ...(body !== null && { raw: body }) });
  expect(WRONG, answer.text).not.toContain(answer.code);
  expect(answer.status).not.toBe(500);
});
