import { describe, expect, it } from 'vitest';
import { receivedMediaUrl, WHATSAPP_MEDIA_ORIGIN } from '../../src/media/received-media-address.ts';
import { encryptedBytes } from '../../src/media/received-media-file.ts';
import { nameDownload } from '../../src/media/received-media-name.ts';
import { createMediaSealer } from '../../src/media/received-media-sealer.ts';
import { SealBrokenError } from '../../src/shared/sealed-box.ts';
import type { MediaSecret } from '../../src/whatsapp/media-secret.ts';

describe('the address of a received file', () => {
  it.each(['/v/t62.7118-24/1234_n.enc?ccb=11-4&oh=01_Q5&oe=66F&_nc_sid=5e03e0', '/v/x', '/mms/image/a%2Fb'])(
    'is at the media host: %s',
    (path) => {
      expect(receivedMediaUrl(WHATSAPP_MEDIA_ORIGIN, path)?.href).toBe(`https://mmg.whatsapp.net${path}`);
    },
  );

  it.each([
    '',
    '/',
    'v/x',
    '//evil.example/v/x',
    '/\\evil.example/v/x',
    '/v\\x',
    '\\\\evil.example',
    'https://evil.example/v/x',
    '@evil.example/v/x',
    ':443@evil.example/v/x',
    '.evil.example/v/x',
    ':8443/v/x',
    '/v/x\r\nhost: evil.example',
    '/v/ x',
    '/v/\u0000',
    '/v/é',
    '/\t/evil.example',
    `/${'v'.repeat(2048)}`,
  ])('is nowhere else: %j', (path) => {
    expect(receivedMediaUrl(WHATSAPP_MEDIA_ORIGIN, path)).toBeNull();
  });

  it('has one host, whatever follows the first slash', () => {
    for (const path of [
      '/@evil.example',
      '/..//evil.example/',
      '/?@evil.example',
      '/#@evil.example',
      '/;//evil',
    ])
      expect(receivedMediaUrl(WHATSAPP_MEDIA_ORIGIN, path)?.host ?? 'none').toBe('mmg.whatsapp.net');
  });
});

describe('the name of a download', () => {
  const nameOf = (fileName: string | null, mimetype: string | null = 'image/png') =>
    nameDownload({ fileName, mimetype }, 'image-1');

  it.each([
    ['photo.png', 'photo.png'],
    ['a"b.pdf', 'a_b.pdf'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\x.exe', 'C__x.exe'],
    ['x\r\nset-cookie: a=b', 'xset-cookie_ a=b'],
    ['a\u202egpj.exe', 'agpj.exe'],
    ['...', 'image-1.png'],
    ['', 'image-1.png'],
    [`${'n'.repeat(300)}.docx`, `${'n'.repeat(145)}.docx`],
  ])('of %j is harmless', (fileName, expected) => {
    expect(nameOf(fileName).disposition).toBe(
      `attachment; filename="${expected}"; filename*=UTF-8''${encodeURIComponent(expected)}`,
    );
  });

  it('is told in ASCII, and whole', () => {
    expect(nameOf('naïve 100%.png').disposition).toBe(
      `attachment; filename="na_ve 100_.png"; filename*=UTF-8''na%C3%AFve%20100%25.png`,
    );
  });

  it.each([
    ['image/png', 'image/png'],
    ['Audio/OGG; codecs=opus', 'audio/ogg'],
    ['image/svg+xml', 'application/octet-stream'],
    ['text/html', 'application/octet-stream'],
    ['application/javascript', 'application/octet-stream'],
    ['constructor', 'application/octet-stream'],
    [null, 'application/octet-stream'],
  ])('goes with a type nothing runs: %s', (mimetype, expected) => {
    expect(nameOf('x', mimetype).contentType).toBe(expected);
  });
});

describe('what opens a received file', () => {
  const ring = { id: 'one', key: Buffer.alloc(32, 1), previous: [] };
  const secret: MediaSecret = {
    kind: 'image',
    directPath: '/v/x',
    mediaKey: Buffer.alloc(32, 2),
    sha256: Buffer.alloc(32, 3),
    encryptedSha256: Buffer.alloc(32, 4),
    sizeBytes: 5,
  };

  it('opens in its row only, also after a change of the master key', () => {
    const sealed = createMediaSealer(ring).seal(secret, 'row-1');
    expect(sealed.includes(Buffer.alloc(32, 2))).toBe(false);
    expect(createMediaSealer(ring).open(sealed, 'row-1')).toEqual(secret);
    expect(() => createMediaSealer(ring).open(sealed, 'row-2')).toThrow(SealBrokenError);
    const next = createMediaSealer({ id: 'two', key: Buffer.alloc(32, 9), previous: [ring] });
    expect(next.open(sealed, 'row-1')).toEqual(secret);
  });
});

it('knows how long an encrypted file is', () => {
  expect([1, 15, 16, 17].map(encryptedBytes)).toEqual([26, 26, 42, 42]);
});
