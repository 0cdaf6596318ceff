import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** Small files of every kind, as their formats begin. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const noise = (length: number, seed: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 17 + (index >> 7)) % 251));

const canvas = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 80, b: 40 } } });

export const jpegFile = (width = 320, height = 200): Promise<Buffer> =>
  canvas(width, height).jpeg().toBuffer();
export const pngFile = (width = 64, height = 64): Promise<Buffer> => canvas(width, height).png().toBuffer();
export const webpFile = (size = 512): Promise<Buffer> => canvas(size, size).webp().toBuffer();
export const gifFile = (): Promise<Buffer> => canvas(16, 16).gif().toBuffer();

export function mp4File(length = 4_096, seed = 1): Buffer {
  const ftyp = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length + 8, 0);
  head.write('mdat', 4, 'latin1');
  return Buffer.concat([ftyp, head, noise(length, seed)]);
}

export function opusFile(): Buffer {
  const page = Buffer.from(`OggS\0\x02${'\0'.repeat(20)}\x01\x13`, 'latin1');
  const head = Buffer.from('OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0', 'latin1');
  return Buffer.concat([page, head, noise(500, 2)]);
}

/** Frames of 128 kbit/s at 44.1 kHz, with silence in them. */
export const mp3File = (frames = 40): Buffer => {
  const frame = Buffer.alloc(417);
  Buffer.from('fffb9064', 'hex').copy(frame);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
};
export const pdfFile = (length = 1_200): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n', 'latin1'), noise(length, 4), Buffer.from('\n%%EOF\n')]);
