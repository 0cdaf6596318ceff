import { AppError } from '../shared/errors.ts';
import { createTurnstile } from '../shared/turnstile.ts';

/** What is told of a picture before it is there. */
export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  /** JPEG in base64; null when it cannot be made small enough. */
  readonly thumbnail: string | null;
}

/** A picture of a few kilobytes may unpack to gigabytes. */
const MOST_PIXELS = 40_000_000;
const THUMBNAIL_PIXELS = 100;
const THUMBNAIL_BYTES = 6_000;
const STICKER_PIXELS = 512;

/** Unpacked pictures are large: one after the other. */
const turn = createTurnstile(1);

/** The path of a picture, or all of it. Throws MEDIA_TOO_MANY_PIXELS, and MEDIA_UNREADABLE. */
export function lookAtPicture(source: string | Uint8Array): Promise<PictureFacts> {
  return withSharp(async (sharp) => {
    const picture = sharp(source, READING);
    const { autoOrient } = await picture.metadata();
    const small = picture
      .rotate()
      .resize(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' });
    for (const quality of [60, 30]) {
      const thumbnail = await small.clone().jpeg({ quality }).toBuffer();
      if (thumbnail.length <= THUMBNAIL_BYTES)
        return { ...autoOrient, thumbnail: thumbnail.toString('base64') };
    }
    return { ...autoOrient, thumbnail: null };
  });
}

/** A picture as a sticker. */
interface Sticker {
  /** Null: it is one already. */
  readonly made: Uint8Array | null;
  /** It moves, as it did before. */
  readonly isAnimated: boolean;
}

/** Throws as `lookAtPicture` does. */
export function stickerOf(path: string): Promise<Sticker> {
  return withSharp(async (sharp) => {
    const picture = sharp(path, { ...READING, pages: -1 });
    const { format, width, height, pageHeight = height, pages = 1 } = await picture.metadata();
    const isAnimated = pages > 1;
    if (format === 'webp' && width === STICKER_PIXELS && pageHeight === STICKER_PIXELS)
      return { made: null, isAnimated };
    const made = await picture
      .resize(STICKER_PIXELS, STICKER_PIXELS, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .webp({ quality: 80 })
      .toBuffer();
    return { made, isAnimated };
  });
}

const READING = { limitInputPixels: MOST_PIXELS, failOn: 'error', sequentialRead: true } as const;

async function withSharp<Result>(
  work: (sharp: typeof import('sharp').default) => Promise<Result>,
): Promise<Result> {
  // Loaded with the first picture: it is large, and most servers never see one.
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  try {
    return await turn.pass(() => work(sharp));
  } catch (error) {
    const isTooLarge = error instanceof Error && error.message.includes('pixel limit');
    throw new AppError(isTooLarge ? 'MEDIA_TOO_MANY_PIXELS' : 'MEDIA_UNREADABLE', {}, { cause: error });
  }
}
