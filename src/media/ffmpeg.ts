import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { AppError } from '../shared/errors.ts';
import { createTurnstile } from '../shared/turnstile.ts';

/** What a file is made into. */
export type Conversion = 'voice' | 'gif';

/** What was seen of a film. */
export interface FilmFacts {
  /** JPEG, from its beginning. */
  readonly picture: Uint8Array;
  readonly seconds: number | null;
}

export interface Converter {
  /** Writes the converted file. Throws MEDIA_UNREADABLE. */
  convert(from: string, to: string, conversion: Conversion): Promise<void>;
  /** How loud a recording is, a number from 0 for each tenth of a second; null when it cannot be read. */
  loudness(path: string): Promise<readonly number[] | null>;
  /** Null when the film cannot be read. */
  look(path: string): Promise<FilmFacts | null>;
}

const run = promisify(execFile);

/** Whoever takes longer is killed. */
const LIMITS = { timeout: 60_000, killSignal: 'SIGKILL', env: {} } as const;
/** Of what is read; a playlist would name other files, and be none of these. */
const CONTAINERS = 'aac,aiff,amr,avi,caf,flac,gif,matroska,mov,mp3,ogg,wav';
/** A picture of a film is decoded whole. */
const MOST_PIXELS = 40_000_000;
const MOST_PICTURE_BYTES = 32 * 1024 * 1024;
/** What is beyond is cut off by ffmpeg, and refused by whoever receives the file for being too large. */
const BEYOND_BYTES = 1_024 * 1_024;

const OUTPUT: Readonly<Record<Conversion, readonly string[]>> = {
  voice: ['-vn', '-ac', '1', '-ar', '48000', '-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'],
  // The codec takes even sizes only.
  gif: [
    '-an',
    '-vf',
    'scale=trunc(iw/2)*2:trunc(ih/2)*2',
    '-pix_fmt',
    'yuv420p',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
  ],
};

const RATE = 8_000;
const TENTH = RATE / 10;
/** Four hours, in tenths of seconds. */
const MOST_TENTHS = 144_000;
const SOUND = ['-vn', '-ac', '1', '-ar', String(RATE), '-f', 's16le', 'pipe:1'];
const PICTURE = [
  '-an',
  '-frames:v',
  '1',
  '-c:v',
  'mjpeg',
  '-pix_fmt',
  'yuvj420p',
  '-f',
  'image2pipe',
  'pipe:1',
];

/** An ffmpeg of this machine, called without a shell and with paths of ours alone; one at a time. No file it writes is much larger than `maxBytes`. */
export function createConverter(program: string, { maxBytes }: { readonly maxBytes: number }): Converter {
  const turn = createTurnstile(1);
  return {
    async convert(from, to, conversion) {
      const output = [...OUTPUT[conversion], '-fs', String(maxBytes + BEYOND_BYTES), to];
      try {
        await turn.pass(() => run(program, [...reading(from, 'error'), ...output], LIMITS));
      } catch (error) {
        throw new AppError('MEDIA_UNREADABLE', {}, { cause: error });
      }
    },

    loudness: (path) =>
      turn.pass(() => listen(program, [...reading(path, 'error'), ...SOUND]).catch(() => null)),

    async look(path) {
      const options = { ...LIMITS, encoding: 'buffer', maxBuffer: MOST_PICTURE_BYTES } as const;
      // At this level it says how long the film is.
      const args = [...reading(path, 'info'), ...PICTURE];
      const said = await turn.pass(() => run(program, args, options).catch(() => null));
      if (!said || said.stdout.length === 0) return null;
      return { picture: said.stdout, seconds: durationIn(said.stderr.toString('latin1')) };
    },
  };
}

function reading(path: string, level: 'error' | 'info'): readonly string[] {
  const limits = [
    '-max_pixels',
    String(MOST_PIXELS),
    '-protocol_whitelist',
    'file',
    '-format_whitelist',
    CONTAINERS,
  ];
  return ['-nostdin', '-hide_banner', '-loglevel', level, '-y', ...limits, '-i', path];
}

/** Never more of the sound in memory than a piece of it. */
async function listen(program: string, args: readonly string[]): Promise<readonly number[] | null> {
  const child = spawn(program, args, { ...LIMITS, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  ended.catch(() => {});
  const tenths = await loudnessOf(child.stdout);
  if (tenths.length >= MOST_TENTHS) child.kill('SIGKILL');
  const [code] = await ended;
  return code === 0 && tenths.length > 0 ? tenths : null;
}

/** The mean of each tenth of a second of samples of 16 bits. */
async function loudnessOf(samples: Readable): Promise<number[]> {
  const tenths: number[] = [];
  let [sum, count] = [0, 0];
  let rest = Buffer.alloc(0);
  for await (const chunk of samples) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 2);
    for (let at = 0; at < whole; at += 2) {
      sum += Math.abs(bytes.readInt16LE(at));
      count += 1;
      if (count < TENTH) continue;
      tenths.push(sum / count);
      [sum, count] = [0, 0];
    }
    rest = bytes.subarray(whole);
    if (tenths.length >= MOST_TENTHS) break;
  }
  if (count > 0) tenths.push(sum / count);
  return tenths;
}

/** In whole seconds, as files say it elsewhere; null when it does not say. */
function durationIn(said: string): number | null {
  const [, hours, minutes, seconds] = /^ {2}Duration: (\d{2,4}):(\d\d):(\d\d\.\d+)/m.exec(said) ?? [];
  if (hours === undefined) return null;
  return Math.max(1, Math.round(Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)));
}
