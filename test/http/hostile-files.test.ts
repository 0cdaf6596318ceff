import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflateRaw } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as files from '../support/media-files.ts';
import { mediaRequests, startMediaServer, TO } from '../support/media-requests.ts';
import type { TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';

let server: TestServer;
let ask: ReturnType<typeof mediaRequests>;

beforeAll(async () => {
  server = await startMediaServer();
  ask = mediaRequests(server);
});
afterAll(() => server.stop());

const MB = 1024 * 1024;
const GROUP = '120363000000000001@g.us';

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
const keptFiles = () => filesIn(join(server.dataDir, 'media'));

describe('T5: a file of the server is not sent, whatever door is asked', () => {
  /** Every door that takes the address of a file. */
  const DOORS: Readonly<Record<string, (url: string) => readonly [path: string, body: object]>> = {
    'send-media': (url) => ['send-media?queue=true', { to: TO, mediaType: 'document', url }],
    'send-media to a group': (url) => [
      `groups/${GROUP}/send-media?queue=true`,
      { mediaType: 'document', url },
    ],
    'the general door': (url) => ['messages?queue=true', { to: TO, type: 'document', url }],
    'a schedule': (url) => [
      'schedule-message',
      { to: TO, mediaType: 'document', url, scheduleTime: '2030-01-01T00:00:00Z' },
    ],
    'several files': (url) => [
      'send-media?queue=true',
      { items: [{ to: TO, mediaType: 'document', url }], delay: 0 },
    ],
    'a job': (url) => ['jobs/send-media', { items: [{ to: TO, mediaType: 'document', url }] }],
  };
  const ADDRESSES = [
    '/etc/passwd',
    'file:///etc/passwd',
    'file://localhost/etc/passwd',
    'FILE:/etc/passwd',
    ' file:///etc/passwd',
    '../../../../etc/passwd',
    '~/.ssh/id_rsa',
    'data:text/plain;base64,cm9vdDp4OjA6MA==',
    'ftp://127.0.0.1/etc/passwd',
    'gopher://127.0.0.1:70/',
    '\\\\127.0.0.1\\share\\file',
    'https://127.0.0.1/etc/passwd',
    'https://[::1]/etc/passwd',
    'https://localhost/etc/passwd',
  ];

  it.each(Object.keys(DOORS))('%s', async (name) => {
    const before = keptFiles().length;
    for (const url of ADDRESSES) {
      const [path, body] = DOORS[name]?.(url) ?? ['', {}];
      const answer = await server.api.post<{ successCount?: number }>(`devices/shop/${path}`, body);
      const isRefused = [400, 422].includes(answer.status) || answer.data.successCount === 0;
      expect(isRefused, `${url} ${answer.text}`).toBe(true);
      expect(answer.text).toMatch(/URL_INVALID|URL_NOT_ALLOWED|VALIDATION_FAILED/);
      expect(answer.text).not.toContain('root:');
    }
    expect(keptFiles().length).toBe(before);
    expect(ask.leftovers()).toEqual([]);
  });

  it('a path in the name of a file names nothing but the file', async () => {
    const body = { mediaType: 'document', fileName: '../../../../etc/cron.d/evil.pdf' };
    const file = files.pdfFile(1_313);
    expect(await ask.sendFile(file, body)).toMatchObject({ status: 202 });
    const hash = files.sha256Of(file);
    expect(keptFiles().filter((path) => readFileSync(path).equals(file))).toEqual([
      join(server.dataDir, 'media', hash.slice(0, 2), hash),
    ]);
  });
});

describe('T13: a bomb does not go off', () => {
  /** Zeros of a length, deflated. */
  const zeros = async (bytes: number) => {
    const piece = Buffer.alloc(MB);
    return buffer(
      Readable.from(Array.from({ length: bytes / MB }, () => piece)).pipe(createDeflateRaw({ level: 9 })),
    );
  };
  /** A PNG that says it is of this size, and has next to nothing in it. */
  const pngSaying = async (width: number, height: number) => {
    const png = Buffer.from(await files.pngFile(8, 8));
    png.writeUInt32BE(width, 16);
    png.writeUInt32BE(height, 20);
    return png;
  };
  /** A GIF of 20 frames that cover four million pixels each, with a pixel in each of them. */
  const moving = () => {
    const head = Buffer.from('474946383961d007d007800000000000ffffff', 'hex');
    const frame = Buffer.from('21f904000a0000002c0000000001000100000202440100', 'hex');
    return Buffer.concat([head, ...Array.from({ length: 20 }, () => frame), Buffer.from(';')]);
  };
  /** What the process takes more while it does something, in MB. */
  const growthOf = async (work: () => Promise<unknown>) => {
    const before = process.memoryUsage().rss;
    await work();
    return (process.memoryUsage().rss - before) / MB;
  };

  it.each([
    ['pixel: a picture of 16 million million pixels', () => pngSaying(4_000_000, 4_000_000), 'image'],
    ['pixel: a picture of 100 million pixels', () => pngSaying(10_000, 10_000), 'image'],
    ['pixel: the same as a sticker', () => pngSaying(10_000, 10_000), 'sticker'],
    ['pixel: a moving sticker of 80 million pixels', moving, 'sticker'],
  ])('%s', async (_name, make, mediaType) => {
    const file = await make();
    expect(file.length).toBeLessThan(MB);
    const grown = await growthOf(async () => {
      const answer = await ask.sendFile(file, { mediaType });
      expect(answer.status, answer.text).toBe(422);
      expect(answer.code).toBe('MEDIA_TOO_MANY_PIXELS');
    });
    expect(grown).toBeLessThan(150);
    expect(ask.leftovers()).toEqual([]);
  });

  const BIG = 512 * MB;
  it.each([
    ['zip: an archive', 'a.bin'],
    ['zip: a document of Word whose table of contents does it', '[Content_Types].xml'],
    ['zip: a document of OpenDocument whose type does it', 'mimetype'],
  ])('%s', async (_name, name) => {
    const packed = await zeros(BIG);
    const entries = [{ name, packed, size: BIG, checksum: 0 }];
    const zip = zipOf([...entries, { name: 'word/document.xml', bytes: Buffer.from('<x/>') }]);
    expect(zip.length).toBeLessThan(MB);
    const grown = await growthOf(async () => {
      const { status, text } = await ask.sendFile(zip, { mediaType: 'document' });
      // It is an archive, and goes as it came; or it is nothing that is known.
      expect([202, 415], text).toContain(status);
    });
    expect(grown).toBeLessThan(200);
    for (const path of keptFiles()) expect(statSync(path).size).toBeLessThanOrEqual(MB);
    expect(ask.leftovers()).toEqual([]);
  });

  it.each([
    ['entities', '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', '&b;'],
    ['a file of the server', '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'],
    ['a picture of elsewhere', '', '<image href="http://169.254.169.254/a.png"/>'],
    ['a picture of any size', '', '<rect width="1e9" height="1e9"/>'],
  ])('svg: %s is no picture of any kind', async (_name, head, body) => {
    const xmlns = 'xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"';
    const svg = Buffer.from(`<?xml version="1.0"?>${head}<svg ${xmlns}><text>${body}</text></svg>`);
    for (const said of [{}, { mimetype: 'image/svg+xml' }, { mimetype: 'image/png', fileName: 'a.png' }]) {
      for (const mediaType of ['image', 'sticker', 'video', 'gif'] as const) {
        const answer = await ask.sendFile(svg, { mediaType, ...said });
        expect(answer.status, answer.text).toBe(415);
      }
    }
    const asDocument = await ask.sendFile(svg, { mediaType: 'document', mimetype: 'image/svg+xml' });
    expect(asDocument.status).toBe(415);
    expect(ask.leftovers()).toEqual([]);
  });
});
