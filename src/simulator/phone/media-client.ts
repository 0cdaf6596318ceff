import { request } from 'node:https';
import { childOf, node } from '../server/stanza.ts';
import type { MediaKind, SealedFile } from './media-crypto.ts';
import { newMessageId, type PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';

/** Where a file was put. */
export interface UploadedFile {
  readonly url: string;
  readonly directPath: string;
}

/** Voice is audio to the host, a sticker an image. */
const UPLOAD_KIND: Readonly<Record<MediaKind, string>> = {
  image: 'image',
  video: 'video',
  document: 'document',
  audio: 'audio',
  voice: 'audio',
  sticker: 'image',
};

/** Uploads as any client does: by the host and the token the server names. Throws PhoneError `MEDIA_FAILED`. */
export async function uploadFile(
  context: PhoneContext,
  { bytes, encSha256 }: SealedFile,
  kind: MediaKind,
): Promise<UploadedFile> {
  const { host, auth } = await mediaConnection(context);
  const name = Buffer.from(encSha256).toString('base64url');
  const url = `https://${host}/mms/${UPLOAD_KIND[kind]}/${name}?auth=${auth}&token=${name}`;
  const { status, body } = await exchange(context, { url, method: 'POST', body: bytes });
  const { url: place, direct_path: directPath } = status === 200 ? JSON.parse(body.toString()) : {};
  if (!directPath) throw new PhoneError('MEDIA_FAILED', `The media host refused the upload with ${status}`);
  return { url: place, directPath };
}

/** Throws PhoneError `MEDIA_FAILED`, with the status in its message, when the file is not to be had. */
export async function downloadFile(context: PhoneContext, directPath: string): Promise<Uint8Array> {
  const { host } = await mediaConnection(context);
  const { status, body } = await exchange(context, { url: `https://${host}${directPath}`, method: 'GET' });
  if (status !== 200)
    throw new PhoneError('MEDIA_FAILED', `The media host refused the download with ${status}`);
  return body;
}

async function mediaConnection(context: PhoneContext): Promise<{ host: string; auth: string }> {
  const attrs = { id: newMessageId(context), xmlns: 'w:m', type: 'set', to: '@s.whatsapp.net' };
  const answer = await context.core.submit(context.phoneNumber, node('iq', attrs, [node('media_conn')]));
  const connection = answer && childOf(answer, 'media_conn');
  const host = connection && childOf(connection, 'host')?.attrs.hostname;
  if (!connection || !host) throw new PhoneError('MEDIA_FAILED', 'The server names no media host');
  return { host, auth: connection.attrs.auth ?? '' };
}

interface Exchange {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: Uint8Array;
}

function exchange(
  { mediaWire }: PhoneContext,
  { url, method, body }: Exchange,
): Promise<{ status: number; body: Buffer }> {
  if (!mediaWire) throw new PhoneError('MEDIA_FAILED', 'The simulator runs without a media host');
  const { agent } = mediaWire;
  const headers = body ? { 'content-length': body.length } : {};
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new PhoneError('MEDIA_FAILED', `The transfer failed: ${cause.message}`, { cause }));
    const sent = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    sent.on('error', fail);
    sent.end(body);
  });
}
