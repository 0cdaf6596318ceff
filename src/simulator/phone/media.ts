import type { WireNode } from '../node.ts';
import { childOf, node } from '../server/stanza.ts';
import { decodeProto, encodeProto } from '../wire/proto.ts';
import { downloadFile, uploadFile } from './media-client.ts';
import { openFile, sealFile, sealRetryAnswer, sha256 } from './media-crypto.ts';
import { type MediaDetails, type MediaReference, mediaIn, mediaMessage } from './media-message.ts';
import type { PhoneMessage } from './message-book.ts';
import { describeMessage, type Message } from './payload.ts';
import { type PhoneContext, unixSeconds } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { type SendOptions, sendContent } from './sending.ts';

const MEDIA_KEY_BYTES = 32;

/** Encrypts and uploads a file, then sends the message that tells how to read it. */
export async function sendMedia(
  context: PhoneContext,
  to: string,
  { file, ...details }: MediaDetails & SendOptions & { readonly file: Uint8Array },
): Promise<PhoneMessage> {
  const { id, addressing, ...media } = details;
  const mediaKey = context.random.bytes(MEDIA_KEY_BYTES);
  const sealed = sealFile(file, mediaKey, media.kind);
  const uploaded = await uploadFile(context, sealed, media.kind);
  const at = unixSeconds(context);
  const content = mediaMessage(media, { ...sealed, ...uploaded, mediaKey, length: file.length, at });
  context.mediaCache.put(hex(sealed.sha256), file);
  const mediaType = media.kind === 'voice' ? 'ptt' : media.kind;
  const message = await sendContent(context, to, content, { id, addressing, type: 'media', mediaType });
  return noteMedia(context, message, content) ?? message;
}

/**
 * Writes down the file of a new message, and gets it when somebody else sent it. The message is confirmed meanwhile:
 * resolves when the file is there or the phone has given up.
 */
export async function fetchMedia(
  context: PhoneContext,
  message: PhoneMessage,
  content: Message,
): Promise<void> {
  const noted = noteMedia(context, message, content);
  const media = mediaIn(content);
  if (!noted || !media) return;
  const file = await readMedia(context, media).catch((error: unknown) => {
    const problem = error instanceof Error ? error.message : 'unknown';
    context.book.amend(message.id, { media: { ...describe(media), state: 'failed', problem } });
    return null;
  });
  if (!file) return;
  const received = { received: { bytes: file.length, sha256: hex(sha256(file)) } };
  context.book.amend(message.id, { media: { ...describe(media), state: 'downloaded', ...received } });
}

/** The plaintext of the file of a message. Throws PhoneError `NO_MEDIA` or `MEDIA_FAILED`. */
export async function openMedia(context: PhoneContext, id: string): Promise<Uint8Array> {
  const media = mediaOf(context, id);
  if (!media) throw new PhoneError('NO_MEDIA', 'This message carries no file');
  return context.mediaCache.get(hex(media.sha256)) ?? readMedia(context, media);
}

/** What a retry answer says of the attempt (protocol fact). */
const RESULT = { SUCCESS: 1, NOT_FOUND: 2 } as const;

/** A companion of ours cannot download a file (`server-error`): uploads it again and says where. */
export async function answerMediaRetry(context: PhoneContext, receipt: WireNode): Promise<void> {
  const { id = '', from } = receipt.attrs;
  const media = mediaOf(context, id);
  const asked = childOf(receipt, 'rmr');
  if (!asked) return;
  const place = media && (await uploadAgain(context, media));
  const answer = encodeProto('MediaRetryNotification', {
    stanzaId: id,
    directPath: place ?? undefined,
    result: place ? RESULT.SUCCESS : RESULT.NOT_FOUND,
  });
  const iv = context.random.bytes(12);
  const sealed = media && sealRetryAnswer(answer, { mediaKey: media.mediaKey, messageId: id, iv });
  const content = sealed
    ? node('encrypt', {}, [node('enc_p', {}, sealed), node('enc_iv', {}, iv)])
    : node('error', { code: String(RESULT.NOT_FOUND) });
  const attrs = { id, to: from, type: 'mediaretry' };
  await context.core.submit(context.phoneNumber, node('notification', attrs, [content, asked]));
}

async function uploadAgain(context: PhoneContext, media: MediaReference): Promise<string | null> {
  const file = context.mediaCache.get(hex(media.sha256));
  if (!file) return null;
  const { directPath } = await uploadFile(context, sealFile(file, media.mediaKey, media.kind), media.kind);
  return directPath;
}

async function readMedia(context: PhoneContext, media: MediaReference): Promise<Uint8Array> {
  const file = openFile(await downloadFile(context, media.directPath), media.mediaKey, media.kind);
  if (Buffer.compare(sha256(file), media.sha256) !== 0) {
    throw new PhoneError('MEDIA_FAILED', 'The file is not the one the sender named');
  }
  context.mediaCache.put(hex(media.sha256), file);
  return file;
}

const storeKey = ({ phoneNumber }: PhoneContext, id: string) => `media/${phoneNumber}/${id}`;

function noteMedia(
  context: PhoneContext,
  { id, direction }: PhoneMessage,
  content: Message,
): PhoneMessage | null {
  const { message } = describeMessage(content);
  const media = mediaIn(message);
  if (!media) return null;
  context.store.set(storeKey(context, id), Buffer.from(encodeProto('Message', message)).toString('base64'));
  const state = direction === 'sent' ? 'uploaded' : 'downloading';
  context.book.amend(id, { media: { ...describe(media), state } });
  return context.book.find(id);
}

function mediaOf(context: PhoneContext, id: string): MediaReference | null {
  const stored = context.store.get(storeKey(context, id));
  return stored === undefined ? null : mediaIn(decodeProto('Message', Buffer.from(String(stored), 'base64')));
}

function describe({ kind, mimetype, fileName, seconds, bytes, sha256: hash }: MediaReference) {
  return { kind, mimetype, fileName, seconds, bytes, sha256: hex(hash), received: null, problem: null };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
