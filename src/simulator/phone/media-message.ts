import type { UploadedFile } from './media-client.ts';
import type { MediaKind, SealedFile } from './media-crypto.ts';
import type { Message } from './payload.ts';

/** What is told about a file beside its bytes. */
export interface MediaDetails {
  readonly kind: MediaKind;
  readonly mimetype: string;
  readonly caption?: string | undefined;
  readonly fileName?: string | undefined;
  /** Of audio and video, in seconds. */
  readonly seconds?: number | undefined;
}

/** What a message says of a file: enough to get and read it. */
export interface MediaReference {
  readonly kind: MediaKind;
  readonly mimetype: string;
  readonly fileName: string | null;
  readonly seconds: number | null;
  /** Of the plaintext, as the sender says. */
  readonly bytes: number;
  readonly sha256: Uint8Array;
  readonly encSha256: Uint8Array;
  readonly mediaKey: Uint8Array;
  readonly directPath: string;
}

const DEFAULT_MIMETYPE: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  document: 'application/octet-stream',
  audio: 'audio/mpeg',
  voice: 'audio/ogg; codecs=opus',
  sticker: 'image/webp',
};

export function mimetypeOf(kind: MediaKind): string {
  return DEFAULT_MIMETYPE[kind];
}

/** The message that carries an uploaded file. */
export function mediaMessage(
  { kind, mimetype, caption, fileName, seconds }: MediaDetails,
  file: SealedFile &
    UploadedFile & { readonly mediaKey: Uint8Array; readonly length: number; readonly at: number },
): Message {
  const common = {
    url: file.url,
    directPath: file.directPath,
    mimetype,
    mediaKey: file.mediaKey,
    mediaKeyTimestamp: file.at,
    fileSha256: file.sha256,
    fileEncSha256: file.encSha256,
    fileLength: file.length,
  };
  switch (kind) {
    case 'image':
      return { imageMessage: { ...common, caption } };
    case 'video':
      return { videoMessage: { ...common, caption, seconds } };
    case 'document':
      return documentMessage({ ...common, caption, fileName, title: fileName });
    case 'audio':
      return { audioMessage: { ...common, seconds, ptt: false } };
    case 'voice':
      return { audioMessage: { ...common, seconds, ptt: true } };
    case 'sticker':
      return { stickerMessage: common };
  }
}

/** A document with a caption travels in an envelope of its own. */
function documentMessage(document: NonNullable<Message['documentMessage']>): Message {
  const message = { documentMessage: document };
  return document.caption === undefined ? message : { documentWithCaptionMessage: { message } };
}

/** The file a message carries; null when it carries none, or tells too little of it. */
export function mediaIn(message: Message): MediaReference | null {
  const { imageMessage, videoMessage, documentMessage, audioMessage, stickerMessage } = message;
  if (imageMessage) return reference('image', imageMessage);
  if (videoMessage) return reference('video', videoMessage);
  if (documentMessage) return reference('document', documentMessage);
  if (audioMessage) return reference(audioMessage.ptt ? 'voice' : 'audio', audioMessage);
  return stickerMessage ? reference('sticker', stickerMessage) : null;
}

interface FileFields {
  readonly mimetype?: string | undefined;
  readonly fileName?: string | undefined;
  readonly seconds?: number | undefined;
  readonly fileLength?: number | undefined;
  readonly fileSha256?: Uint8Array | undefined;
  readonly fileEncSha256?: Uint8Array | undefined;
  readonly mediaKey?: Uint8Array | undefined;
  readonly directPath?: string | undefined;
}

function reference(kind: MediaKind, fields: FileFields): MediaReference | null {
  const { fileSha256, fileEncSha256, mediaKey, directPath } = fields;
  if (!fileSha256 || !fileEncSha256 || !mediaKey || !directPath) return null;
  return {
    kind,
    mimetype: fields.mimetype ?? mimetypeOf(kind),
    fileName: fields.fileName ?? null,
    seconds: fields.seconds ?? null,
    bytes: fields.fileLength ?? 0,
    sha256: fileSha256,
    encSha256: fileEncSha256,
    mediaKey,
    directPath,
  };
}
