import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Turnstile } from '../shared/turnstile.ts';
import type { MediaSecret } from '../whatsapp/media-secret.ts';
import type { MessageMedia, WhatsAppSocket } from '../whatsapp/socket.ts';
import type { BlobRoom } from './blob-room.ts';
import type { Draft, ReceivedMediaCache } from './received-media-cache.ts';
import {
  type ByteRange,
  checkReceivedFile,
  encryptedBytes,
  readReceivedFile,
} from './received-media-file.ts';
import type { MediaMessage, ReceivedMediaRepository } from './received-media-repository.ts';
import { asUnavailable, type ReceivedMediaSource } from './received-media-source.ts';

export interface ReceivedMediaDeps {
  readonly devices: { find(deviceId: DeviceId): Promise<{ readonly proxyUrl: string | null } | null> };
  readonly messages: Pick<ReceivedMediaRepository, 'find' | 'moved'>;
  readonly cache: ReceivedMediaCache;
  readonly source: ReceivedMediaSource;
  /** Throws DEVICE_NOT_CONNECTED and SOCKETS_ELSEWHERE. */
  readonly sockets: { socketOf(deviceId: DeviceId): Pick<WhatsAppSocket, 'askForReupload'> };
  /** How many are fetched at once. */
  readonly turns: Turnstile;
  readonly room: BlobRoom;
  /** Told of each file that was asked for: `cached`, `fetched`, or the code of the failure in small letters. */
  onLoaded(outcome: string): void;
  readonly log: Logger;
}

/** The file of a message; nothing was fetched yet. */
export interface FoundFile {
  readonly message: MediaMessage;
  readonly secret: MediaSecret;
  readonly media: MessageMedia;
  /** Changes with its bytes. */
  readonly tag: string;
}

/** A file that was proven to be the one its sender sent. */
export interface CheckedFile {
  readonly sizeBytes: number;
  /** Of the plaintext; null for all of it. Called once; the stream must be read or destroyed. */
  read(range: ByteRange | null): Readable;
}

export type ReceivedMediaService = ReturnType<typeof createReceivedMediaService>;

/** The largest file that is fetched. */
export const MAX_RECEIVED_BYTES = 100 * 1024 * 1024;
/** Who comes when so many wait or are served is sent away. */
const MOST_WAITING = 64;
const PHONE_PATIENCE_MS = 20_000;

/**
 * Files that devices received, fetched when they are asked for. The plaintext is never on the disk: it is decrypted anew for everybody
 * who may have it.
 */
export function createReceivedMediaService(deps: ReceivedMediaDeps) {
  const { devices, messages, cache, turns } = deps;
  let waiting = 0;

  return {
    /** Throws DEVICE_NOT_FOUND, MESSAGE_NOT_FOUND and MEDIA_NOT_FOUND. */
    async find(deviceId: DeviceId, messageId: string): Promise<FoundFile> {
      if (!(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
      const message = await messages.find(deviceId, messageId);
      if (!message) throw new AppError('MESSAGE_NOT_FOUND', { deviceId, messageId });
      const { key, media } = message;
      if (!key || !media) throw new AppError('MEDIA_NOT_FOUND', { deviceId, messageId });
      return { message, media, secret: key.secret, tag: hex(key.secret.sha256) };
    },

    /**
     * The whole file, checked before a byte of it is handed out. Throws MEDIA_CORRUPT, MEDIA_TOO_LARGE, MEDIA_EXPIRED, OVERLOADED,
     * STORAGE_FULL, WHATSAPP_UNAVAILABLE and, where only the phone could still have it, DEVICE_NOT_CONNECTED and SOCKETS_ELSEWHERE.
     */
    async load(found: FoundFile, signal: AbortSignal): Promise<CheckedFile> {
      try {
        const kept = await fromCache(cache, found.secret);
        const file = kept ?? (await fetched(found, signal));
        deps.onLoaded(kept ? 'cached' : 'fetched');
        return file;
      } catch (error) {
        deps.onLoaded(error instanceof AppError ? error.code.toLowerCase() : 'unexpected');
        throw error;
      }
    },
  };

  async function fetched({ message, secret }: FoundFile, signal: AbortSignal): Promise<CheckedFile> {
    const { sizeBytes } = secret;
    if (sizeBytes !== null && sizeBytes > MAX_RECEIVED_BYTES)
      throw new AppError('MEDIA_TOO_LARGE', { maxBytes: MAX_RECEIVED_BYTES });
    if (waiting >= MOST_WAITING) throw new AppError('OVERLOADED');
    waiting += 1;
    try {
      return await turns.pass(() => download(deps, { message, secret, signal }));
    } finally {
      waiting -= 1;
    }
  }
}

async function fromCache(cache: ReceivedMediaCache, secret: MediaSecret): Promise<CheckedFile | null> {
  const hash = hex(secret.encryptedSha256);
  const handle = await cache.open(hash);
  if (!handle) return null;
  try {
    return await checked(handle, secret);
  } catch (error) {
    await handle.close();
    if (!(error instanceof AppError && error.code === 'MEDIA_CORRUPT')) throw error;
    // The disk may be to blame; if it is the sender, the next copy says so too.
    await cache.remove(hash);
    return null;
  }
}

interface Wanted {
  readonly message: MediaMessage;
  readonly secret: MediaSecret;
  readonly signal: AbortSignal;
}

async function download(deps: ReceivedMediaDeps, wanted: Wanted): Promise<CheckedFile> {
  const { cache, log } = deps;
  const { message, secret, signal } = wanted;
  // Whoever left while it waited is told nothing any more.
  if (signal.aborted) throw new AppError('WHATSAPP_UNAVAILABLE', { reason: 'media-aborted' });
  const draft = await cache.draft();
  try {
    await fetchInto(draft, deps, wanted);
    const file = await checked(draft.handle, secret);
    await draft.keep(hex(secret.encryptedSha256));
    return file;
  } catch (error) {
    await draft.discard();
    if (error instanceof AppError)
      log.info({ deviceId: message.deviceId, code: error.code, ...error.details }, 'a file was not had');
    throw error;
  }
}

async function fetchInto(
  { handle }: Draft,
  deps: ReceivedMediaDeps,
  { message, secret, signal }: Wanted,
): Promise<void> {
  const declared = secret.sizeBytes;
  const maxBytes = encryptedBytes(declared ?? MAX_RECEIVED_BYTES);
  const { proxyUrl = null } = (await deps.devices.find(message.deviceId)) ?? {};
  const get = (directPath: string) => deps.source.get({ directPath, proxyUrl, maxBytes, signal });
  let body = await get(secret.directPath);
  if (body === 'gone') body = await get(await reuploaded(deps, message));
  if (body === 'gone') throw new AppError('MEDIA_EXPIRED');
  const room = deps.room.reserve();
  try {
    for await (const chunk of body) {
      await room.take(chunk.length);
      await handle.writeFile(chunk);
    }
    room.end('stored');
  } catch (error) {
    room.end('gone');
    if (isTooLarge(error))
      throw declared === null
        ? new AppError('MEDIA_TOO_LARGE', { maxBytes: MAX_RECEIVED_BYTES })
        : new AppError('MEDIA_CORRUPT', { reason: 'length' });
    throw asUnavailable(error);
  }
}

/** Where the phone put the file anew; noted, so that it is asked once. */
async function reuploaded(
  { sockets, messages, log }: ReceivedMediaDeps,
  { id, deviceId, chat, participant, fromMe, waMessageId, key }: MediaMessage,
): Promise<string> {
  if (!key) throw new AppError('MEDIA_NOT_FOUND');
  const { mediaKey } = key.secret;
  const asked = { chat, participant, fromMe, waMessageId, mediaKey, timeoutMs: PHONE_PATIENCE_MS };
  const directPath = await sockets.socketOf(deviceId).askForReupload(asked);
  log.info({ deviceId, isThere: directPath !== null }, 'the phone was asked for an expired file');
  if (directPath === null) throw new AppError('MEDIA_EXPIRED');
  await messages.moved(id, { sealed: key.sealed, secret: { ...key.secret, directPath } });
  return directPath;
}

async function checked(handle: FileHandle, secret: MediaSecret): Promise<CheckedFile> {
  const sizeBytes = await checkReceivedFile(handle, secret);
  return {
    sizeBytes,
    read: (range) => readReceivedFile(handle, secret, range ?? { start: 0, end: sizeBytes - 1 }),
  };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'failure' in error && error.failure === 'too-large';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
