import { AppError } from '../shared/errors.ts';

/** Puts the file a text holds on the disk. Throws AppError. */
export interface Receiving<File> {
  receiveBase64(text: string): Promise<File>;
}

/** A body whose files are on the disk, and what has to be discarded when nobody takes it. */
interface ReceivedBody<File> {
  readonly body: unknown;
  readonly files: readonly File[];
}

/**
 * Puts the files a JSON body holds as text on the disk, so that nothing keeps them in memory: each `base64` becomes a `file`. That of an
 * item of many which cannot be read becomes the error, for the item to be refused with. Throws as `receiveBase64` does.
 */
export async function receiveBody<File>(body: unknown, media: Receiving<File>): Promise<ReceivedBody<File>> {
  if (!isRecord(body)) return { body, files: [] };
  const files: File[] = [];
  if (!Array.isArray(body.items)) return { body: await withFile(body, { media, files }), files };
  const items: unknown[] = [];
  for (const item of body.items) {
    items.push(isRecord(item) ? await withFileOrError(item, { media, files }) : item);
  }
  return { body: { ...body, items }, files };
}

interface Collecting<File> {
  readonly media: Receiving<File>;
  readonly files: File[];
}

async function withFile<File>(item: Record<string, unknown>, { media, files }: Collecting<File>) {
  const { base64, file: _, ...others } = item;
  if (typeof base64 !== 'string') return base64 === undefined ? others : { ...others, base64 };
  const file = await media.receiveBase64(base64);
  files.push(file);
  return { ...others, file };
}

async function withFileOrError<File>(item: Record<string, unknown>, collecting: Collecting<File>) {
  try {
    return await withFile(item, collecting);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { base64: _, ...others } = item;
    return { ...others, file: error };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
