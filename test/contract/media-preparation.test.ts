import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type Converter, createConverter } from '../../src/media/ffmpeg.ts';
import { prepareFile } from '../../src/media/media-preparation.ts';
import { packetSizesOf, waveformOf } from '../../src/media/waveform.ts';
import type { OutgoingMediaKind } from '../../src/whatsapp/outgoing.ts';
import { temporaryFolder } from '../support/auth.ts';
import { fakeFfmpeg, installedFfmpeg } from '../support/ffmpeg.ts';
import * as files from '../support/media-files.ts';

const MAX_BYTES = 2_000_000;

interface Preparing {
  readonly kind: OutgoingMediaKind;
  readonly mimetype: string;
  readonly converter?: Converter | null;
}

const keep = (bytes: Uint8Array) => {
  const path = join(temporaryFolder(), 'a-file');
  writeFileSync(path, bytes);
  return path;
};
const prepare = (path: string, { converter = null, ...given }: Preparing) =>
  prepareFile(path, { ...given, fileName: null, converter });
const barsOf = (waveform: string | null) => [...Buffer.from(waveform ?? '', 'base64')];
/** Tenths of seconds of sound as loud as they say. */
const samplesOf = (tenths: readonly number[]) =>
  Buffer.concat(tenths.map((level) => Buffer.from(Int16Array.from({ length: 800 }, () => level).buffer)));

/** An Ogg file with packets of these sizes, one to a page, behind the two that say what it is. */
function oggOf(sizes: readonly number[]): Buffer {
  const pages = [19, 20, ...sizes].map((size, index) => {
    const segments = [...Array.from({ length: Math.floor(size / 255) }, () => 255), size % 255];
    const head = Buffer.alloc(27);
    head.write('OggS', 0, 'latin1');
    head[26] = segments.length;
    const packet = Buffer.alloc(size, 1);
    if (index === 0) packet.write('OpusHead', 'latin1');
    return Buffer.concat([head, Buffer.from(segments), packet]);
  });
  return Buffer.concat(pages);
}

describe('the waveform of a voice note', () => {
  it('has 64 bars, the loudest the highest, of a recording of any length', () => {
    expect(waveformOf([])).toBeNull();
    expect(barsOf(waveformOf([0, 0]))).toEqual(Array.from({ length: 64 }, () => 0));
    expect(barsOf(waveformOf([5, 10]))).toEqual(
      Array.from({ length: 64 }, (_, bar) => (bar < 32 ? 50 : 100)),
    );
    const long = Array.from({ length: 64_000 }, (_, index) => (index < 1_000 ? 200 : 50));
    expect(barsOf(waveformOf(long))).toEqual(Array.from({ length: 64 }, (_, bar) => (bar === 0 ? 100 : 25)));
  });

  it('is guessed from the packets of the recording where nothing can decode it', async () => {
    const sizes = Array.from({ length: 128 }, (_, index) => (index < 64 ? 30 : 300));
    const path = keep(oggOf(sizes));
    expect(await packetSizesOf(path)).toEqual(sizes);
    const { waveform, change } = await prepare(path, { kind: 'voice', mimetype: 'audio/ogg; codecs=opus' });
    expect(barsOf(waveform)).toEqual(Array.from({ length: 64 }, (_, bar) => (bar < 32 ? 10 : 100)));
    expect(change).toBeNull();
    expect(await packetSizesOf(keep(files.pdfFile()))).toEqual([]);
  });

  it('is heard by ffmpeg where there is one, and the length too', async () => {
    const samples = samplesOf(Array.from({ length: 640 }, (_, tenth) => (tenth < 320 ? 1_000 : -4_000)));
    const { program, calls } = fakeFfmpeg({ file: files.opusFile(), samples });
    const path = keep(files.mp3File());
    const converter = createConverter(program, { maxBytes: MAX_BYTES });
    const { waveform, change, mimetype } = await prepare(path, {
      kind: 'voice',
      mimetype: 'audio/mpeg',
      converter,
    });
    expect(barsOf(waveform)).toEqual(Array.from({ length: 64 }, (_, bar) => (bar < 32 ? 25 : 100)));
    expect(mimetype).toBe('audio/ogg; codecs=opus');
    const to = join(temporaryFolder(), 'made');
    await change?.(to);
    expect(readFileSync(to).equals(files.opusFile())).toBe(true);
    expect(calls()).toContain('-protocol_whitelist file');
    expect(calls()).toContain(`-fs ${MAX_BYTES + 1_048_576}`);
    const aac = await prepare(keep(files.pdfFile()), { kind: 'voice', mimetype: 'audio/aac', converter });
    expect(aac.seconds).toBe(64);
  });
});

describe('a film', () => {
  it('has a preview, a size and a length where there is an ffmpeg', async () => {
    const { program } = fakeFfmpeg({ picture: await files.jpegFile(640, 360) });
    const converter = createConverter(program, { maxBytes: MAX_BYTES });
    for (const kind of ['video', 'gif'] as const) {
      const film = await prepare(keep(files.mp4File()), { kind, mimetype: 'video/mp4', converter });
      expect(film).toMatchObject({ width: 640, height: 360, seconds: 63, change: null });
      const { width, height } = await sharp(Buffer.from(film.thumbnail ?? '', 'base64')).metadata();
      expect([width, height]).toEqual([100, 56]);
    }
  });

  it('has none of them without, or where it cannot be read', async () => {
    const none = { width: null, height: null, thumbnail: null, seconds: null };
    const path = keep(files.mp4File());
    expect(await prepare(path, { kind: 'video', mimetype: 'video/mp4' })).toMatchObject(none);
    for (const picture of [undefined, Buffer.alloc(0), Buffer.from('no picture')]) {
      const { program } = fakeFfmpeg({ ...(picture && { picture }) });
      const converter = createConverter(program, { maxBytes: MAX_BYTES });
      const film = await prepare(path, { kind: 'video', mimetype: 'video/mp4', converter });
      expect({ ...film, seconds: null }).toMatchObject(none);
    }
    const converter = createConverter('/nowhere/ffmpeg', { maxBytes: MAX_BYTES });
    expect(await prepare(path, { kind: 'video', mimetype: 'video/mp4', converter })).toMatchObject(none);
    expect(await converter.loudness(path)).toBeNull();
  });
});

describe('a sticker', () => {
  const moving = async (size: number) => {
    const frame = (red: number) =>
      sharp({
        create: { width: size, height: size, channels: 4, background: { r: red, g: 0, b: 0, alpha: 1 } },
      })
        .png()
        .toBuffer();
    const frames = await Promise.all([10, 120, 250].map(frame));
    return sharp(frames, { join: { animated: true } })
      .webp({ loop: 0, delay: [100, 100, 100] })
      .toBuffer();
  };

  it('that moves is sent as it is, and says that it moves', async () => {
    const sticker = await prepare(keep(await moving(512)), { kind: 'sticker', mimetype: 'image/webp' });
    expect(sticker).toMatchObject({ change: null, isAnimated: true, width: 512, height: 512 });
  });

  it('of another size is made one, and goes on moving', async () => {
    const sticker = await prepare(keep(await moving(96)), { kind: 'sticker', mimetype: 'image/webp' });
    expect(sticker.isAnimated).toBe(true);
    const to = join(temporaryFolder(), 'made');
    await sticker.change?.(to);
    const { pages, pageHeight, width } = await sharp(to, { pages: -1 }).metadata();
    expect([pages, pageHeight, width]).toEqual([3, 512, 512]);
    const still = await prepare(keep(await files.webpFile()), { kind: 'sticker', mimetype: 'image/webp' });
    expect(still).toMatchObject({ isAnimated: false, change: null });
  });
});

// Where there is no ffmpeg these are shown as skipped; the program's part is played by a fake above.
describe.skipIf(installedFfmpeg === null)('with the ffmpeg of this machine', () => {
  const ffmpeg = installedFfmpeg ?? '';
  const converter = createConverter(ffmpeg, { maxBytes: MAX_BYTES });
  const make = (name: string, args: readonly string[]) => {
    const path = join(temporaryFolder(), name);
    execFileSync(ffmpeg, ['-nostdin', '-loglevel', 'error', ...args, path]);
    return path;
  };

  it('an MP3 becomes a voice note of which one sees where it is silent', async () => {
    const sound = 'aevalsrc=if(lt(t\\,2)\\,0\\,0.5*sin(880*t)):d=4:s=16000';
    const path = make('a.mp3', ['-f', 'lavfi', '-i', sound]);
    const { waveform, seconds, change } = await prepare(path, {
      kind: 'voice',
      mimetype: 'audio/mpeg',
      converter,
    });
    expect(seconds).toBe(4);
    const bars = barsOf(waveform);
    expect(Math.max(...bars.slice(0, 28))).toBeLessThan(10);
    expect(Math.min(...bars.slice(36, 60))).toBeGreaterThan(80);
    const to = join(temporaryFolder(), 'made');
    await change?.(to);
    const made = await prepare(to, { kind: 'voice', mimetype: 'audio/ogg; codecs=opus', converter });
    expect([made.seconds, made.change]).toEqual([4, null]);
    // What a server without the program makes of it is not far from that.
    const guessed = await prepare(to, { kind: 'voice', mimetype: 'audio/ogg; codecs=opus' });
    expect(barsOf(guessed.waveform)).toHaveLength(64);
  });

  it.each([
    ['a.mp4', 'video/mp4', ['-c:v', 'mpeg4']],
    ['a.avi', 'video/avi', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']],
  ])('%s has a preview, a size and a length', async (name, mimetype, codec) => {
    const path = make(name, ['-f', 'lavfi', '-i', 'testsrc=duration=2:size=322x240:rate=10', ...codec]);
    const film = await prepare(path, { kind: 'video', mimetype, converter });
    expect(film).toMatchObject({ width: 322, height: 240, seconds: 2 });
    expect(film.thumbnail).not.toBeNull();
  });

  it('a playlist that names a file of the server is not read', async () => {
    const path = keep(Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'));
    expect(await converter.look(path)).toBeNull();
    expect(await converter.loudness(path)).toBeNull();
    await expect(converter.convert(path, join(temporaryFolder(), 'made'), 'voice')).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
    });
  });
});
