import type { BaileysEventMap, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import type { ReuploadRequest } from './socket.ts';
import type { SocketEnding } from './socket-ending.ts';

interface RetryParts {
  readonly sock: WASocket;
  readonly ending: SocketEnding;
  readonly clock: Clock;
  readonly library: RetryLibrary;
}

export type RetryLibrary = Pick<
  BaileysLibrary,
  'encryptMediaRetryRequest' | 'decryptMediaRetryData' | 'proto'
>;

type MediaUpdate = BaileysEventMap['messages.media-update'][number];

/**
 * Tells our own phone that the file of a message cannot be had (a `server-error` receipt); it uploads the file again and says
 * where, encrypted under the key of the file. The library's own function for it waits for ever and leaves its listener behind.
 * Null: the phone has it no more. Throws DEVICE_NOT_CONNECTED and WHATSAPP_UNAVAILABLE.
 */
export async function askForReupload(
  { sock, ending, clock, library }: RetryParts,
  { chat, participant, fromMe, waMessageId, mediaKey, timeoutMs }: ReuploadRequest,
): Promise<string | null> {
  const { me } = sock.authState.creds;
  if (!sock.ws.isOpen || !me) throw new AppError('DEVICE_NOT_CONNECTED');
  const key = { remoteJid: chat, id: waMessageId, fromMe, ...(participant && { participant }) };
  const answer = listenForAnswer(sock, waMessageId, { clock, timeoutMs });
  try {
    await ending.race(sock.sendNode(library.encryptMediaRetryRequest(key, Buffer.from(mediaKey), me.id)));
    return pathIn(await ending.race(answer.arrives), { mediaKey, library });
  } finally {
    answer.stop();
  }
}

function listenForAnswer(
  sock: WASocket,
  id: string,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
) {
  const { promise: arrives, resolve, reject } = Promise.withResolvers<MediaUpdate>();
  // Whoever stopped listening is not interested in how it ended.
  arrives.catch(() => {});
  const timer = clock.after(timeoutMs, () => reject(new AppError('WHATSAPP_UNAVAILABLE')));
  const listener = (updates: MediaUpdate[]) => {
    const update = updates.find(({ key }) => key.id === id);
    if (update) resolve(update);
  };
  sock.ev.on('messages.media-update', listener);
  return {
    arrives,
    stop() {
      timer.cancel();
      sock.ev.off('messages.media-update', listener);
    },
  };
}

function pathIn(
  { media, key }: MediaUpdate,
  { mediaKey, library }: { mediaKey: Uint8Array; library: RetryLibrary },
): string | null {
  if (!media) return null;
  const { result, directPath } = library.decryptMediaRetryData(media, mediaKey, key.id ?? '');
  const isThere = result === library.proto.MediaRetryNotification.ResultType.SUCCESS;
  return isThere && directPath ? directPath : null;
}
