import { writeFile } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';
import { assertNever } from '../shared/exhaustive.ts';
import type { OutgoingMedia, OutgoingMediaKind } from '../whatsapp/outgoing.ts';
import type { Conversion, Converter } from './ffmpeg.ts';
import { nameFor } from './media-formats.ts';
import { lookAtPicture, stickerOf } from './picture.ts';
import { isVoiceNote, secondsOf } from './sound.ts';

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
    case 'audio':
      return { ...plain, seconds: await secondsOf(path) };
    case 'gif':
      if (mimetype === 'video/mp4') return { ...plain, seconds: await secondsOf(path) };
      await lookAtPicture(path);
      return { ...plain, mimetype: 'video/mp4', change: conversion(path, preparing, 'gif') };
    case 'voice': {
      const voice = { ...plain, seconds: await secondsOf(path), mimetype: 'audio/ogg; codecs=opus' };
      if (await isVoiceNote(path)) return voice;
      return { ...voice, change: conversion(path, preparing, 'voice') };
    }
    default:
      return assertNever(kind);
  }
}

async function sticker(path: string, plain: Prepared): Promise<Prepared> {
  // The picture is judged whole before it is unpacked for another size.
  const { width, height } = await lookAtPicture(path);
  const made = await stickerOf(path);
  if (made === null) return { ...plain, width, height };
  const change = (to: string) => writeFile(to, made, { mode: 0o600 });
  return { ...plain, mimetype: 'image/webp', width: 512, height: 512, change };
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
