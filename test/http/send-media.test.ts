import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as files from '../support/media-files.ts';
import { MAX_BYTES, mediaRequests, startMediaServer } from '../support/media-requests.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let ask: ReturnType<typeof mediaRequests>;

beforeAll(async () => {
  server = await startMediaServer();
  ask = mediaRequests(server);
});
afterAll(() => server.stop());

describe('a file is judged by its bytes', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const html = Buffer.from('<!doctype html><script>alert(1)</script>');
  const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500)]);
  const bomb = () =>
    sharp({
      create: { width: 8_000, height: 6_000, channels: 3, background: 'white' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
  const halfPicture = async () => (await files.jpegFile(900, 900)).subarray(0, 700);

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, object, number, string]>([
    [
      'a PNG said to be a JPEG',
      files.pngFile,
      { mediaType: 'image', mimetype: 'image/jpeg' },
      415,
      'MEDIA_TYPE_MISMATCH',
    ],
    ['a PNG as a video', files.pngFile, { mediaType: 'video' }, 415, 'MEDIA_TYPE_MISMATCH'],
    ['a PDF as an image', files.pdfFile, { mediaType: 'image' }, 415, 'MEDIA_TYPE_MISMATCH'],
    [
      'a PDF that says it is a picture too',
      () => Buffer.concat([files.pdfFile(), svg]),
      { mediaType: 'image', mimetype: 'image/png' },
      415,
      'MEDIA_TYPE_MISMATCH',
    ],
    ['an SVG as an image', () => svg, { mediaType: 'image' }, 415, 'MEDIA_TYPE_MISMATCH'],
    [
      'an SVG said to be a PNG',
      () => svg,
      { mediaType: 'image', mimetype: 'image/png' },
      415,
      'MEDIA_TYPE_MISMATCH',
    ],
    ['a page as an image', () => html, { mediaType: 'image' }, 415, 'MEDIA_TYPE_MISMATCH'],
    [
      'a page said to be one',
      () => html,
      { mediaType: 'document', mimetype: 'text/html' },
      415,
      'MEDIA_TYPE_MISMATCH',
    ],
    ['a program as a document', () => program, { mediaType: 'document' }, 415, 'MEDIA_FORMAT_UNSUPPORTED'],
    ['a GIF picture that should play', files.gifFile, { mediaType: 'gif' }, 415, 'MEDIA_FORMAT_UNSUPPORTED'],
    ['an MP3 as a voice note', files.mp3File, { mediaType: 'voice' }, 415, 'MEDIA_FORMAT_UNSUPPORTED'],
    ['48 million white pixels', bomb, { mediaType: 'image' }, 422, 'MEDIA_TOO_MANY_PIXELS'],
    ['the same as a sticker', bomb, { mediaType: 'sticker' }, 422, 'MEDIA_TOO_MANY_PIXELS'],
    ['half a picture', halfPicture, { mediaType: 'image' }, 422, 'MEDIA_UNREADABLE'],
    ['no bytes', () => Buffer.alloc(0), { mediaType: 'document' }, 400, 'MEDIA_EMPTY'],
    ['a byte too many', () => files.pdfFile(MAX_BYTES), { mediaType: 'document' }, 413, 'BODY_TOO_LARGE'],
    [
      'a sound to be heard once',
      files.mp3File,
      { mediaType: 'audio', viewOnce: true },
      400,
      'VALIDATION_FAILED',
    ],
  ])('and refused: %s', async (_name, make, body, status, code) => {
    expect(await ask.sendFile(await make(), body)).toMatchObject({ status, code });
    expect(ask.leftovers()).toEqual([]);
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, object]>([
    ['a JPEG of which nothing is said', files.jpegFile, { mediaType: 'image' }],
    ['a JPEG under its other name', files.jpegFile, { mediaType: 'image', mimetype: 'image/jpg' }],
    ['a picture as a document', files.pngFile, { mediaType: 'document', mimetype: 'image/png' }],
    ['a text', () => Buffer.from('dear all,\nregards'), { mediaType: 'document', fileName: 'letter.txt' }],
    ['a table', () => Buffer.from('a,b\n1,2'), { mediaType: 'document', mimetype: 'text/csv' }],
    ['an MP4 that only sounds', files.mp4File, { mediaType: 'audio', mimetype: 'audio/mp4' }],
    ['a PNG as a sticker', files.pngFile, { mediaType: 'sticker' }],
    ['a voice note to be heard once', files.opusFile, { mediaType: 'voice', viewOnce: true }],
    ['a picture to be seen once', files.pngFile, { mediaType: 'image', viewOnce: true }],
  ])('and taken: %s', async (_name, make, body) => {
    expect(await ask.sendFile(await make(), body)).toMatchObject({ status: 202, data: { status: 'queued' } });
  });
});
