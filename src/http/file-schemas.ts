import { z } from 'zod';

/** How a file may be sent. */
export const MEDIA_KINDS = ['image', 'video', 'gif', 'audio', 'voice', 'document', 'sticker'] as const;

export const MediaType = z.enum(MEDIA_KINDS);

/** WhatsApp's own limit for captions, in characters. */
const MAX_CAPTION_LENGTH = 1_024;

/** The file itself comes in one of three ways. What was `base64` is a received `file` by the time the schema looks. */
export const fileFields = {
  file: z
    .unknown()
    .optional()
    .meta({ type: 'string', format: 'binary', description: 'With multipart/form-data: the file' }),
  base64: z.string().optional().describe('With JSON: the file in base64'),
  url: z.string().trim().min(1).max(2_048).optional().describe('Where the server fetches the file; https'),
  mimetype: z.string().trim().min(3).max(100).optional().describe('Compared with what the bytes are'),
  fileName: z.string().trim().min(1).max(255).optional().describe('What a document is called'),
  caption: z.string().max(MAX_CAPTION_LENGTH).optional(),
  viewOnce: z.boolean().optional().describe('Pictures, videos and voice notes that can be opened once'),
};

interface Sources {
  readonly file?: unknown;
  readonly url?: string | undefined;
}

/** Exactly one of file (which base64 has become) and url. */
export function oneSource({ file, url }: Sources, context: z.RefinementCtx): void {
  if ((file === undefined) !== (url === undefined)) return;
  const message =
    file === undefined ? 'a file is needed: as file, base64 or url' : 'only one of file, base64 and url';
  context.addIssue({ code: 'custom', path: ['file'], message });
}
