import type { AskedMedia, MediaIntake } from '../media/media-intake.ts';
import { AppError } from '../shared/errors.ts';
import type { MediaContent, OutgoingMedia } from '../whatsapp/outgoing.ts';
import type { AskedFile } from './asked-content.ts';

type Taking = Pick<MediaIntake, 'take' | 'isReceived'>;

/** Takes the file a caller describes. Throws what MediaIntake.take throws, and VALIDATION_FAILED when there is none. */
export async function fileContent(asked: AskedFile, media: Taking): Promise<MediaContent> {
  const { type: kind, caption = null, viewOnce = false } = asked;
  if (viewOnce && !VIEWED_ONCE.has(kind)) throw new AppError('VALIDATION_FAILED', { field: 'viewOnce' });
  const taken = asked.taken ?? (await takeFile(asked, media));
  // A sound has no place for words.
  const words = kind === 'audio' || kind === 'voice' || kind === 'sticker' ? null : caption;
  return { kind, media: taken, caption: words, ...(viewOnce && { viewOnce }) };
}

/** The file alone; several messages may bring it. Throws as `fileContent` does. */
export function takeFile(asked: AskedFile, media: Taking): Promise<OutgoingMedia> {
  const { type: kind, mimetype = null, fileName = null } = asked;
  return media.take({ kind, source: sourceOf(asked, media), mimetype, fileName });
}

const VIEWED_ONCE: ReadonlySet<string> = new Set(['image', 'video', 'voice']);

function sourceOf({ file, url }: AskedFile, media: Pick<MediaIntake, 'isReceived'>): AskedMedia['source'] {
  if (file instanceof AppError) throw file;
  if (media.isReceived(file)) return file;
  if (url === undefined) throw new AppError('VALIDATION_FAILED', { field: 'file' });
  return { url };
}
