import { writeFile } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';
import { assertNever } from '../shared/exhaustive.ts';
import type { OutgoingMedia, OutgoingMediaKind } from '../whatsapp/outgoing.ts';
import type { Conversion, Converter } from './ffmpeg.ts';
import { nameFor } from './media-formats.ts';
import { lookAtPicture, stickerOf } from './picture.ts';
import { isVoiceNote, secondsOf } from './sound.ts';
import { packetSizesOf, waveformOf } from './waveform.ts';

/** What is told of a file, and what has to become of it before it is sent. */
export interface Prepared extends Omit<OutgoingMedia, 'blob' | 'sizeBytes'> {
  /** Writes the file that is sent instead; null: it is sent as it is. */
  readonly change: ((to: string) => Promise<void>) | null;
}

interface Preparing {
  readonly kind: OutgoingMediaKind;
  /** What was found to be in the file. */
  readonly mimetype: string;
  readonly fileName: string | null;
  readonly converter: Converter | null;
}

const LONGEST_NAME = 255;
/** Of a second. */
const TENTHS = 10;

/** Reads what recipients are told of a file. Throws as picture.ts does, and MEDIA_FORMAT_UNSUPPORTED for want of a program. */
export async function prepareFile(path: string, preparing: Preparing): Promise<Prepared> {
  const { kind, mimetype, fileName } = preparing;
  const plain: Prepared = {
    mimetype,
    fileName: kind === 'document' ? cleanName(fileName, mimetype) : null,
    seconds: null,
    width: null,
    height: null,
    waveform: null,
    thumbnail: null,
    change: null,
  };
  switch (kind) {
    case 'document':
      return plain;
    case 'image':
      return { ...plain, ...(await lookAtPicture(path)) };
    case 'sticker':
      return sticker(path, plain);
    case 'video':
      return film(path, plain, preparing);
    case 'audio':
      return { ...plain, seconds: await secondsOf(path) };
    case 'gif':
      if (mimetype === 'video/mp4') return film(path, plain, preparing);
      return {
        ...plain,
        ...(await lookAtPicture(path)),
        mimetype: 'video/mp4',
        change: conversion(path, preparing, 'gif'),
      };
    case 'voice':
      return voiceNote(path, plain, preparing);
    default:
      return assertNever(kind);
  }
}

/** A film is shown by its beginning where there is a program that can read it. */
async function film(path: string, plain: Prepared, { converter }: Preparing): Promise<Prepared> {
  const [seconds, seen] = [await secondsOf(path), (await converter?.look(path)) ?? null];
  if (seen === null) return { ...plain, seconds };
  // It plays without a preview as well.
  const facts = await lookAtPicture(seen.picture).catch(() => null);
  return { ...plain, ...facts, seconds: seconds ?? seen.seconds };
}

async function voiceNote(path: string, plain: Prepared, preparing: Preparing): Promise<Prepared> {
  const isReady = await isVoiceNote(path);
  const change = isReady ? null : conversion(path, preparing, 'voice');
  const heard = (await preparing.converter?.loudness(path)) ?? null;
  const waveform = waveformOf(heard ?? (isReady ? await packetSizesOf(path) : []));
  const seconds = (await secondsOf(path)) ?? (heard && Math.max(1, Math.round(heard.length / TENTHS)));
  return { ...plain, mimetype: 'audio/ogg; codecs=opus', seconds, waveform, change };
}

async function sticker(path: string, plain: Prepared): Promise<Prepared> {
  // The picture is judged whole before it is unpacked for another size.
  const { width, height } = await lookAtPicture(path);
  const { made, isAnimated } = await stickerOf(path);
  if (made === null) return { ...plain, width, height, isAnimated };
  const change = (to: string) => writeFile(to, made, { mode: 0o600 });
  return { ...plain, mimetype: 'image/webp', width: 512, height: 512, isAnimated, change };
}

function conversion(path: string, { converter, kind, mimetype }: Preparing, into: Conversion) {
  if (converter) return (to: string) => converter.convert(path, to, into);
  const supported = kind === 'gif' ? ['video/mp4'] : ['audio/ogg; codecs=opus'];
  const details = { mediaType: kind, found: mimetype, supported, needs: 'ffmpeg' };
  throw new AppError('MEDIA_FORMAT_UNSUPPORTED', details);
}

/** A name without a folder before it, and without what no name has. */
function cleanName(fileName: string | null, mimetype: string): string {
  const last = fileName?.split(/[/\\]/).pop() ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const name = last.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '').trim();
  const short = [...name].slice(0, LONGEST_NAME).join('').toWellFormed();
  return short === '' || /^\.+$/.test(short) ? nameFor(mimetype) : short;
}
