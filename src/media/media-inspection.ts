import { open } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';
import type { OutgoingMediaKind } from '../whatsapp/outgoing.ts';
import { agreedType, canonicalType, SUPPORTED } from './media-formats.ts';

/** What a caller says of a file. */
export interface MediaClaim {
  readonly kind: OutgoingMediaKind;
  readonly mimetype: string | null;
  readonly fileName: string | null;
}

/** Enough of a file to see whether it is text, in bytes. */
const LOOKED_AT = 8_192;

/**
 * What a file is, by its bytes. Throws MEDIA_TYPE_MISMATCH when that is not what is claimed, MEDIA_FORMAT_UNSUPPORTED when
 * files of its kind are not sent as what is asked for.
 */
export async function inspectFile(path: string, claim: MediaClaim): Promise<string> {
  const found = await findType(path);
  const { kind } = claim;
  const refuse = () =>
    new AppError('MEDIA_FORMAT_UNSUPPORTED', { mediaType: kind, found, supported: SUPPORTED[kind] });
  if (found === 'unknown') throw refuse();
  const claimed = canonicalType(claim.mimetype);
  const mimetype = agreedType(found, { ...claim, mimetype: claimed });
  if (mimetype === null) throw new AppError('MEDIA_TYPE_MISMATCH', { claimed, found: found ?? 'text/plain' });
  if (SUPPORTED[kind].includes(mimetype)) return mimetype;
  if (SUPPORTED.document.includes(mimetype)) {
    throw new AppError('MEDIA_TYPE_MISMATCH', {
      mediaType: kind,
      found: mimetype,
      supported: SUPPORTED[kind],
    });
  }
  throw refuse();
}

/** Null: a text. */
async function findType(path: string): Promise<string | 'unknown' | null> {
  // Loaded with the first file: most servers never see one.
  const { fileTypeFromFile } = await import('file-type');
  const found = await fileTypeFromFile(path);
  if (found) return canonicalType(found.mime) ?? 'unknown';
  return (await isText(path)) ? null : 'unknown';
}

async function isText(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(LOOKED_AT) });
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes.includes(0)) return false;
    // The last character may be cut in the middle.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    await handle.close();
  }
}
