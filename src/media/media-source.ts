import type { Egress } from '../egress/egress-client.ts';
import { EgressError } from '../egress/egress-error.ts';
import { AppError } from '../shared/errors.ts';

/** Characters decoded at a time; a multiple of four. */
const PIECE = 65_536;
const ALPHABET = /^[A-Za-z0-9+/]*$/;

/** The bytes of a base64 text, a piece at a time. Throws MEDIA_BASE64_INVALID for anything that is not exactly base64. */
export async function* bytesOfBase64(text: string): AsyncGenerator<Uint8Array> {
  const body = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text;
  // Without padding it ends in two, three or four characters of the last group.
  const isWhole = text.length % 4 === 0 || (body.length === text.length && text.length % 4 !== 1);
  if (!isWhole) throw new AppError('MEDIA_BASE64_INVALID');
  for (let from = 0; from < body.length; from += PIECE) {
    const piece = body.slice(from, from + PIECE);
    if (!ALPHABET.test(piece)) throw new AppError('MEDIA_BASE64_INVALID');
    yield Buffer.from(piece, 'base64');
  }
}

const DOWNLOAD_MS = 30_000;

/**
 * The bytes of a file somewhere else, as they come. Throws URL_INVALID, URL_NOT_ALLOWED, BODY_TOO_LARGE and, for whatever the other side
 * does, MEDIA_URL_FAILED.
 */
export async function* bytesOfUrl(
  url: string,
  { egress, maxBytes }: { egress: Pick<Egress, 'streamOutside'>; maxBytes: number },
): AsyncGenerator<Uint8Array> {
  try {
    const timeouts = { totalMs: DOWNLOAD_MS };
    const { status, body } = await egress.streamOutside({ url, redirects: 3, maxBytes, timeouts });
    if (status !== 200) {
      body.destroy();
      throw new AppError('MEDIA_URL_FAILED', { reason: 'status', status });
    }
    yield* body;
  } catch (error) {
    throw error instanceof EgressError ? refusalOf(error, maxBytes) : error;
  }
}

function refusalOf(error: EgressError, maxBytes: number): AppError {
  const { failure, cause } = error;
  if (cause instanceof AppError) return cause;
  if (failure === 'refused') return new AppError('URL_NOT_ALLOWED', {}, { cause });
  if (failure === 'too-large') return new AppError('BODY_TOO_LARGE', { maxBytes }, { cause });
  return new AppError('MEDIA_URL_FAILED', { reason: failure, message: error.message }, { cause });
}
