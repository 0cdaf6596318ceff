import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../shared/errors.ts';
import { createTurnstile } from '../shared/turnstile.ts';

/** What a file is made into. */
export type Conversion = 'voice' | 'gif';

export interface Converter {
  /** Writes the converted file. Throws MEDIA_UNREADABLE. */
  convert(from: string, to: string, conversion: Conversion): Promise<void>;
}

const run = promisify(execFile);

const TIMEOUT_MS = 60_000;
/** Of what is read; a playlist would name other files, and be none of these. */
const CONTAINERS = 'aac,aiff,amr,caf,flac,gif,matroska,mov,mp3,ogg,wav';

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

/** An ffmpeg of this machine, called without a shell and with paths of ours alone; one at a time. */
export function createConverter(program: string): Converter {
  const turn = createTurnstile(1);
  return {
    async convert(from, to, conversion) {
      const input = ['-protocol_whitelist', 'file', '-format_whitelist', CONTAINERS, '-i', from];
      const args = [
        '-nostdin',
        '-hide_banner',
        '-loglevel',
        'error',
        '-y',
        ...input,
        ...OUTPUT[conversion],
        to,
      ];
      try {
        await turn.pass(() => run(program, args, { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env: {} }));
      } catch (error) {
        throw new AppError('MEDIA_UNREADABLE', {}, { cause: error });
      }
    },
  };
}
