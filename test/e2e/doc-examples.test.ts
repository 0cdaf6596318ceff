import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Block,
  blocksOfDocuments,
  commandsOf,
  type Example,
  exampleIn,
  requestsIn,
} from '../support/doc-examples.ts';
import { pdfFile } from '../support/media-files.ts';
import { ADMIN_KEY, startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const blocks = blocksOfDocuments();
const commands = commandsOf(blocks).map((each) => ({ ...each, example: exampleIn(each) }));

/** Shell commands that are no calls, and why they are not run here. */
const NO_CALLS: Readonly<Record<string, RegExp>> = {
  'names for what follows': /^(alias )?[A-Za-z_]\w*=/,
  'this project started, tested and built: test/e2e/process, sandbox and the pipeline do so':
    /^(npm|npx|node|docker) /,
};

/** Calls that are not made here, and why. */
const NOT_CALLED: Readonly<Record<string, RegExp>> = {
  'the board of queues is there with Redis only: test/http/queue-board': /^\/admin\/queues\//,
  'the sandbox is there with its simulator only: test/http/sandbox-routes': /^\/api\/sandbox\//,
};

/** What the blocks of JSON show, by document and order: where the API's own description has its shape, or why it has none. */
const SHAPES: Readonly<Record<string, readonly (readonly string[] | string)[]>> = {
  'docs/alerts.md': [bodyAt('/api/whatsapp-multi-device/alerts/mqtt', 'put')],
  'docs/errors.md': [['components', 'schemas', 'Failure']],
  'docs/media.md': [['components', 'schemas', 'Message', 'properties', 'media']],
  'docs/pacing.md': [['components', 'schemas', 'UpdateDeviceInput']],
  'docs/reports.md': [dataOf('/api/whatsapp/message/details')],
  'docs/sending.md': [['components', 'schemas', 'PollVotes']],
  'docs/simulator.md': ['the ready line of a simulator: test/simulator/control-cli'],
  'docs/webhooks.md': ['what we post to others: test/contract/webhook-delivery'],
};

/** Blocks of HTTP that show what we post to others. */
const POSTED_BY_US: Readonly<Record<string, string>> = {
  'docs/chatbots.md': 'test/contract/chatbot-call',
  'docs/webhooks.md': 'test/contract/webhook-delivery',
};

function dataOf(path: string): readonly string[] {
  const answer = ['get', 'responses', '200', 'content', 'application/json', 'schema'];
  return ['paths', path, ...answer, 'properties', 'data'];
}

function bodyAt(path: string, method: string): readonly string[] {
  return ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema'];
}

const isLeftOut = ({ path }: Example) => Object.values(NOT_CALLED).some((each) => each.test(path));
const calls: Example[] = [
  ...commands.flatMap(({ example }) => (example && !isLeftOut(example) ? [example] : [])),
  ...blocks.filter(({ language }) => language === 'http').flatMap((block) => requestsIn(block) ?? []),
];

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

describe('every example of the documents', () => {
  it('is found: there are some of each kind', () => {
    expect(new Set(calls.map(({ document }) => document)).size).toBeGreaterThan(7);
    expect(calls.filter(({ body }) => body !== null).length).toBeGreaterThan(8);
    expect(calls.filter(({ server: at }) => at === 'simulator').length).toBeGreaterThan(5);
    expect(calls.filter(({ form, isFile }) => form.length > 0 || isFile).length).toBeGreaterThan(1);
  });

  it('in a shell is a call that is made below, or is known to be none', () => {
    const unknown = commands.filter(
      ({ command, example }) => !example && !Object.values(NO_CALLS).some((each) => each.test(command)),
    );
    expect(unknown).toEqual([]);
    for (const [reason, pattern] of Object.entries(NOT_CALLED))
      expect([reason, commands.some(({ example }) => example && pattern.test(example.path))]).toEqual([
        reason,
        true,
      ]);
  });

  it('in HTTP is a call that is made below, or what we post to others', () => {
    const others = blocks.filter((block) => block.language === 'http' && requestsIn(block) === null);
    expect(others.map(({ document }) => document).sort()).toEqual(Object.keys(POSTED_BY_US).sort());
  });

  it('in JSON has the shape that the API says it has', async () => {
    const described: unknown = await (await fetch(`${server.url}/openapi.json`)).json();
    const seen = new Map<string, Block[]>();
    for (const block of blocks.filter(({ language }) => language === 'json'))
      seen.set(block.document, [...(seen.get(block.document) ?? []), block]);
    expect(Object.fromEntries([...seen].map(([document, { length }]) => [document, length]))).toEqual(
      Object.fromEntries(Object.entries(SHAPES).map(([document, { length }]) => [document, length])),
    );
    for (const [document, shapes] of Object.entries(SHAPES)) {
      for (const [index, shape] of shapes.entries()) {
        const shown: unknown = JSON.parse(seen.get(document)?.[index]?.code ?? '');
        if (typeof shape === 'string') continue;
        const { error } = schemaAt(described, shape).safeParse(shown);
        expect([document, index, error?.issues ?? []]).toEqual([document, index, []]);
      }
    }
  });
});

/** The schema at a place of an OpenAPI document, with what it refers to. */
function schemaAt(described: unknown, place: readonly string[]): z.ZodType {
  const at = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null
      ? new Map<string, unknown>(Object.entries(from)).get(name)
      : null;
  const found = place.reduce(at, described);
  if (typeof found !== 'object' || found === null) throw new Error(`nothing is at ${place.join('.')}`);
  const $defs = ['components', 'schemas'].reduce(at, described);
  const text = JSON.stringify({ ...found, $defs }).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(text));
}

/** Any answer will do but those that say that the call itself is wrong. */
const WRONG = [
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'MEDIA_TYPE_UNSUPPORTED',
  'INVALID_REQUEST',
];

describe('every call of the documents is one that can be made', () => {
  it.each(calls.filter(({ server: at }) => at === 'api'))('$document: $method $path', async (example) => {
    const { method, path } = example;
    const headers = { 'x-api-key': ADMIN_KEY, 'x-backup-passphrase': 'a passphrase for the tests' };
    const { raw, type } = await bodyOf(example);
    const answer = await server.api.call({
      method,
      path,
      headers: { ...headers, ...(type !== null && { 'content-type': type }) },
      ...(raw !== null && { raw }),
    });
    expect(WRONG, answer.text).not.toContain(answer.code);
    expect(answer.status).not.toBe(500);
  });

  it.each(calls.filter(({ server: at }) => at === 'simulator'))(
    '$document: $method $path of the simulator',
    async ({ method, path, body }) => {
      const response = await fetch(new URL(path, simulator.controlUrl), {
        method,
        headers: {
          authorization: `Bearer ${simulator.controlToken}`,
          ...(body !== null && { 'content-type': 'application/json' }),
        },
        ...(body !== null && { body }),
      });
      const text = await response.text();
      const { error }: { error?: { code?: string } } = JSON.parse(text === '' ? '{}' : text);
      expect(WRONG, text).not.toContain(error?.code);
      expect(response.status).not.toBe(500);
    },
  );
});

/** What goes with a call; files are made up. */
async function bodyOf({ body, form, isFile, type = 'application/octet-stream' }: Example) {
  if (isFile && type === 'text/csv') return { raw: 'Name,Phone\nDewi,081377770001', type };
  if (isFile) return { raw: new Uint8Array(pdfFile()), type };
  if (form.length === 0) return { raw: body, type: body === null ? null : 'application/json' };
  const data = new FormData();
  for (const [name, value] of form) {
    if (value.startsWith('@')) data.append(name, new Blob([new Uint8Array(pdfFile())]), value.slice(1));
    else data.append(name, value);
  }
  const whole = new Response(data);
  return { raw: new Uint8Array(await whole.arrayBuffer()), type: whole.headers.get('content-type') };
}
