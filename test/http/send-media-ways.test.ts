import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as files from '../support/media-files.ts';
import { MAX_BYTES, mediaRequests, startMediaServer, TO } from '../support/media-requests.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let ask: ReturnType<typeof mediaRequests>;
let elsewhere: Server;
let place: string;
/** Requests so far. */
let fetched = 0;

beforeAll(async () => {
  elsewhere = createServer((asked, response) => {
    fetched += 1;
    switch (asked.url?.split('?')[0]) {
      case '/picture.png':
        return void files.pngFile().then((file) => response.end(file));
      case '/moved':
        return void response.writeHead(302, { location: '/picture.png' }).end();
      case '/inside':
        return void response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
      case '/endless':
        response.on('drain', () => response.write(Buffer.alloc(65_536)));
        return void response.write(Buffer.alloc(1_000_000));
      case '/broken':
        return void response
          .writeHead(200, { 'content-length': '500' })
          .write('half', () => response.destroy());
      default:
        return void response.writeHead(404).end('nothing here');
    }
  });
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const address = elsewhere.address();
  place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  server = await startMediaServer({ EGRESS_ALLOW: place });
  ask = mediaRequests(server);
});
afterAll(async () => {
  await server.stop();
  elsewhere.closeAllConnections();
  elsewhere.close();
});

describe('a file in base64', () => {
  it.each(['AAA', 'AAAA=', 'AA=A', '%%%%', 'AAAA AAAA', 'data:image/png;base64,AAAA', 'AAAAA', '===='])(
    'is refused when it is not exactly that: %s',
    async (base64) => {
      const answer = await ask.send({ base64, mediaType: 'document' });
      expect([answer.status, answer.code]).toEqual(
        base64 === 'AAA' ? [415, 'MEDIA_FORMAT_UNSUPPORTED'] : [400, 'MEDIA_BASE64_INVALID'],
      );
    },
  );

  it.each<[string, object, string]>([
    ['no file', { mediaType: 'image' }, 'file'],
    ['two', { mediaType: 'image', base64: 'AAAA', url: 'https://a.example' }, 'file'],
    ['no kind', { base64: 'AAAA' }, 'mediaType'],
    ['a kind nobody knows', { mediaType: 'film', base64: 'AAAA' }, 'mediaType'],
    ['a file that only looks like one', { mediaType: 'image', file: { sha256: 'a'.repeat(64) } }, 'file'],
    ['one and many', { mediaType: 'image', base64: 'AAAA', items: [{}] }, 'items'],
    [
      'a caption that is a letter',
      { mediaType: 'image', base64: 'AAAA', caption: 'x'.repeat(1_025) },
      'caption',
    ],
  ])('needs a request that makes sense: %s', async (_name, body, field) => {
    const { status, details } = await ask.send(body);
    expect(status).toBe(400);
    expect(details.fields).toContainEqual(expect.objectContaining({ field }));
    expect(ask.leftovers()).toEqual([]);
  });
});

describe('large files in base64', () => {
  it('wait for each other, also behind callers that hang up', async () => {
    const left = new AbortController();
    const body = JSON.stringify({
      to: TO,
      mediaType: 'document',
      base64: files.pdfFile(1_500_000).toString('base64'),
    });
    const url = new URL(`${server.api.url}/api/whatsapp-multi-device/devices/shop/send-media?queue=true`);
    const hung = Array.from({ length: 8 }, async () => {
      const headers = { 'content-length': String(body.length), 'content-type': 'application/json' };
      const asked = request(url, {
        method: 'POST',
        signal: left.signal,
        headers: { ...headers, authorization: `Bearer ${server.api.key}` },
      });
      const ended = once(asked, 'close').catch(() => {});
      asked.on('error', () => {});
      await new Promise((resolve) => asked.write(body.slice(0, 100_000), resolve));
      return () => ended;
    });
    const waiting = await Promise.all(hung);
    left.abort();
    await Promise.all(waiting.map((ended) => ended()));
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ask.sendFile(files.pdfFile(1_500_000), { mediaType: 'document' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 202));
  });
});

describe('a file as a form', () => {
  it('may stand before its fields, which say once more what it is', async () => {
    const answer = await ask.sendForm([
      ['file', files.pdfFile()],
      ['to', TO],
      ['mediaType', 'document'],
      ['mimetype', 'application/pdf'],
    ]);
    expect(answer).toMatchObject({ status: 202 });
  });

  it.each<[string, readonly [string, string | Uint8Array][], number, string]>([
    [
      'without a file',
      [
        ['to', TO],
        ['mediaType', 'image'],
      ],
      400,
      'VALIDATION_FAILED',
    ],
    [
      'with two',
      [
        ['file', files.pdfFile()],
        ['file', files.pdfFile()],
        ['to', TO],
        ['mediaType', 'document'],
      ],
      400,
      'VALIDATION_FAILED',
    ],
    [
      'with a file by another name',
      [
        ['picture', files.pdfFile()],
        ['to', TO],
      ],
      400,
      'VALIDATION_FAILED',
    ],
    [
      'without a recipient',
      [
        ['file', files.pdfFile()],
        ['mediaType', 'document'],
      ],
      400,
      'VALIDATION_FAILED',
    ],
    [
      'with a file too large',
      [
        ['to', TO],
        ['file', files.pdfFile(MAX_BYTES)],
      ],
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'with one much too large',
      [
        ['to', TO],
        ['file', files.pdfFile(2 * MAX_BYTES)],
      ],
      413,
      'BODY_TOO_LARGE',
    ],
  ])('is refused %s', async (_name, parts, status, code) => {
    expect(await ask.sendForm(parts)).toMatchObject({ status, code });
    expect(ask.leftovers()).toEqual([]);
  });

  it('that breaks off is refused, with nothing left', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const half = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n%PDF-1.7 and then';
    expect(await ask.sendRaw(new Response(half), headers)).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    });
    expect(ask.leftovers()).toEqual([]);
  });

  it('is the same request again under its key, and another one with another file', async () => {
    const parts = (file: Uint8Array): readonly [string, string | Uint8Array][] => [
      ['to', TO],
      ['mediaType', 'document'],
      ['file', file],
    ];
    const headers = { 'idempotency-key': 'price list' };
    const first = await ask.sendForm(parts(files.pdfFile(100)), headers);
    const again = await ask.sendForm(parts(files.pdfFile(100)), headers);
    expect(again.data.messageId).toBe(first.data.messageId);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await ask.sendForm(parts(files.pdfFile(101)), headers)).toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('is taken by routes that send files, and by no other', async () => {
    const form = new FormData();
    form.append('to', TO);
    const body = new Response(form);
    const answer = await server.api.call({
      method: 'POST',
      path: 'devices/shop/send-message',
      raw: new Uint8Array(await body.arrayBuffer()),
      headers: { 'content-type': body.headers.get('content-type') ?? '' },
    });
    expect(answer).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' });
  });
});

describe('a file somewhere else', () => {
  const url = (path: string) => ({ mediaType: 'image', url: `http://${place}${path}` });

  it.each(['/picture.png', '/moved'])('is fetched: %s', async (path) => {
    expect(await ask.send(url(path))).toMatchObject({ status: 202 });
  });

  it.each<[string, () => object, number, string]>([
    ['a file of the server', () => ({ url: 'file:///etc/passwd' }), 400, 'URL_INVALID'],
    ['a path', () => ({ url: '/etc/passwd' }), 400, 'URL_INVALID'],
    ['http', () => ({ url: 'http://example.com/a.png' }), 400, 'URL_NOT_ALLOWED'],
    ['a private address', () => ({ url: 'https://192.168.1.1/a.png' }), 422, 'URL_NOT_ALLOWED'],
    ['metadata', () => ({ url: 'http://169.254.169.254/latest' }), 422, 'URL_NOT_ALLOWED'],
    ['a way to metadata', () => url('/inside'), 422, 'URL_NOT_ALLOWED'],
    ['nothing', () => url('/nothing'), 422, 'MEDIA_URL_FAILED'],
    ['one without an end', () => url('/endless'), 413, 'BODY_TOO_LARGE'],
    ['half of one', () => url('/broken'), 422, 'MEDIA_URL_FAILED'],
  ])('is refused: %s', async (_name, body, _status, code) => {
    const answer = await ask.send({ mediaType: 'image', ...body() });
    expect(answer.code).toBe(code);
    expect(ask.leftovers()).toEqual([]);
  });
});

describe('a job that names many URLs', () => {
  const job = (urls: number) =>
    server.api.post<{ jobId: string }>('devices/shop/jobs/send-media', {
      items: Array.from({ length: urls }, (_, index) => ({
        to: TO,
        mediaType: 'image',
        url: `http://${place}/picture.png?${index}`,
      })),
    });

  it('is refused before one of them is fetched, when they are too many', async () => {
    const before = fetched;
    expect(await job(201)).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      details: { field: 'items', differentUrls: 201, most: 200 },
    });
    expect(fetched).toBe(before);
    expect((await job(12)).status).toBe(202);
    expect(fetched).toBe(before + 12);
  });
});

describe('a store that is full', () => {
  it('refuses files with 507, and texts go on', async () => {
    const small = await startMediaServer({ MEDIA_QUOTA_BYTES: '100000' });
    onTestFinished(() => small.stop());
    const body = { mediaType: 'document' };
    expect(await mediaRequests(small).sendFile(files.pdfFile(90_000), body)).toMatchObject({ status: 202 });
    expect(await mediaRequests(small).sendFile(files.pdfFile(20_000), body)).toMatchObject({
      status: 507,
      code: 'STORAGE_FULL',
    });
    expect(
      await small.api.post('devices/shop/send-message?queue=true', { to: TO, message: 'still here' }),
    ).toMatchObject({
      status: 202,
    });
  });
});
