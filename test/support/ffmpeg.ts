import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './auth.ts';

/** The ffmpeg of this machine; null where there is none. */
export const installedFfmpeg: string | null =
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'ffmpeg'))
    .find((path) => existsSync(path)) ?? null;

/** What a pretended ffmpeg answers with. */
export interface FakeFfmpeg {
  /** Written as whatever file it is asked for. */
  readonly file?: Uint8Array;
  /** Samples, and a picture; without them it fails. */
  readonly samples?: Uint8Array;
  readonly picture?: Uint8Array;
}

/** A program that is called as ffmpeg is, answers what it was given before, and notes how it was called. */
export function fakeFfmpeg({ file, samples, picture }: FakeFfmpeg): { program: string; calls(): string } {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  for (const [name, bytes] of Object.entries({ file, samples, picture }))
    if (bytes) writeFileSync(at(name), bytes);
  const lines = [
    '#!/bin/sh',
    `echo "$@" >> '${at('calls')}'`,
    'for last; do :; done',
    'case "$* " in',
    `  *' -f s16le pipe:1 ') exec /bin/cat '${at('samples')}' ;;`,
    `  *' -f image2pipe pipe:1 ') echo '  Duration: 00:01:02.50, start: 0.0' >&2; exec /bin/cat '${at('picture')}' ;;`,
    `  *) exec /bin/cp '${at('file')}' "$last" ;;`,
    'esac',
  ];
  writeFileSync(at('ffmpeg'), `${lines.join('\n')}\n`);
  chmodSync(at('ffmpeg'), 0o700);
  return { program: at('ffmpeg'), calls: () => readFileSync(at('calls'), 'utf8') };
}
