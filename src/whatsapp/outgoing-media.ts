import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { MediaDecryptionKeyInfo, MediaType, proto, WASocket } from '@whiskeysockets/baileys';
import type { Random } from '../shared/random.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import type { MediaContent, OutgoingMediaKind, SentMessageName } from './outgoing.ts';
import { contextOf } from './outgoing-content.ts';
import { encryptFile, type FileKeys } from './outgoing-encryption.ts';

/** Where the files of our messages are, and what was said of those that are uploaded. */
export interface OutgoingFiles {
  /** Rejects when the file is gone. */
  open(blob: string): Promise<Readable>;
  /** The path of a file that is written and removed here. */
  temporary(): Promise<string>;
  /** The encoded content of a message whose file was uploaded, null before. */
  kept(message: SentMessageName): Promise<Uint8Array | null>;
  keep(message: SentMessageName, content: Uint8Array): Promise<void>;
}

interface OutgoingMediaDeps {
  readonly files: OutgoingFiles;
  readonly library: Pick<BaileysLibrary, 'proto' | 'getMediaKeys'>;
  readonly random: Random;
}

interface Preparing extends SentMessageName {
  /** When it is said. */
  readonly at: Date;
  readonly upload: WASocket['waUploadToServer'];
}

export interface OutgoingMediaUploads {
  /** Uploads the file and says what WhatsApp is told; a second attempt says the same without another upload. */
  prepare(content: MediaContent, preparing: Preparing): Promise<proto.IMessage>;
  /** What was told of a message; null when its file was never uploaded. */
  uploaded(message: SentMessageName): Promise<proto.IMessage | null>;
}

/** What a recipient needs to fetch and read a file. */
interface Place {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey: Buffer;
  readonly mediaKeyTimestamp: number;
  readonly fileSha256: Buffer;
  readonly fileEncSha256: Buffer;
  readonly fileLength: number;
  readonly mimetype: string;
}

/** The media host keeps files for some weeks; a message that waited longer brings its file again. */
const UPLOAD_KEPT_MS = 7 * 24 * 60 * 60_000;
/** A connection on which nothing moves any more, in ms. */
const IDLE_MS = 30_000;

const TYPES: Readonly<Record<OutgoingMediaKind, MediaType>> = {
  image: 'image',
  video: 'video',
  gif: 'video',
  audio: 'audio',
  voice: 'audio',
  document: 'document',
  sticker: 'sticker',
};

/** Brings files to WhatsApp's media host: encrypted here, a piece at a time. */
export function createOutgoingMedia({ files, library, random }: OutgoingMediaDeps): OutgoingMediaUploads {
  const { Message } = library.proto;

  async function uploaded(message: SentMessageName): Promise<proto.IMessage | null> {
    const bytes = await files.kept(message);
    return bytes === null ? null : Message.decode(bytes);
  }

  async function upload({ kind, media }: MediaContent, { at, upload: send }: Preparing): Promise<Place> {
    const path = await files.temporary();
    try {
      const mediaKey = random.bytes(32);
      const keys = keysOf(await library.getMediaKeys(mediaKey, TYPES[kind]));
      const encrypted = await encryptFile(await files.open(media.blob), path, keys);
      const { mediaUrl, directPath } = await send(path, {
        mediaType: TYPES[kind],
        fileEncSha256B64: encrypted.fileEncSha256.toString('base64'),
        timeoutMs: IDLE_MS,
      });
      const mediaKeyTimestamp = Math.floor(at.getTime() / 1_000);
      const { mimetype } = media;
      return { url: mediaUrl, directPath, mediaKey, mediaKeyTimestamp, ...encrypted, mimetype };
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    uploaded,
    async prepare(content, preparing) {
      const known = await uploaded(preparing);
      if (known && !isOld(known, preparing.at)) return known;
      const said = sayFile(content, await upload(content, preparing));
      await files.keep(preparing, Message.encode(said).finish());
      return said;
    },
  };
}

function keysOf({ iv, cipherKey, macKey }: MediaDecryptionKeyInfo): FileKeys {
  if (!macKey) throw new Error('the library derived no key for the MAC');
  return { iv, cipherKey, macKey };
}

function isOld(message: proto.IMessage, at: Date): boolean {
  const { imageMessage, videoMessage, audioMessage, documentMessage, stickerMessage } =
    (message.viewOnceMessage ?? message.viewOnceMessageV2Extension)?.message ?? message;
  const said = imageMessage ?? videoMessage ?? audioMessage ?? documentMessage ?? stickerMessage;
  return at.getTime() - Number(said?.mediaKeyTimestamp ?? 0) * 1_000 > UPLOAD_KEPT_MS;
}

function sayFile(content: MediaContent, place: Place): proto.IMessage {
  const message = sayKind(content, place);
  if (!content.viewOnce) return message;
  // Sounds came to it later, and have a container of their own (WAProto).
  return content.kind === 'voice'
    ? { viewOnceMessageV2Extension: { message } }
    : { viewOnceMessage: { message } };
}

function sayKind(content: MediaContent, place: Place): proto.IMessage {
  const { media, caption, viewOnce = false } = content;
  const { seconds, width, height, fileName } = media;
  const common = { ...place, contextInfo: contextOf(content) };
  const jpegThumbnail = fromBase64(media.thumbnail);
  switch (content.kind) {
    case 'image':
      return { imageMessage: { ...common, caption, width, height, jpegThumbnail, viewOnce } };
    case 'video':
    case 'gif': {
      const gifPlayback = content.kind === 'gif';
      const video = { caption, seconds, width, height, jpegThumbnail, gifPlayback, viewOnce };
      return { videoMessage: { ...common, ...video } };
    }
    case 'audio':
      return { audioMessage: { ...common, seconds, ptt: false } };
    case 'voice':
      return {
        audioMessage: { ...common, seconds, ptt: true, waveform: fromBase64(media.waveform), viewOnce },
      };
    case 'document':
      return { documentMessage: { ...common, caption, fileName, title: fileName, jpegThumbnail } };
    case 'sticker':
      return { stickerMessage: { ...common, width, height, isAnimated: media.isAnimated ?? false } };
  }
}

function fromBase64(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64');
}
