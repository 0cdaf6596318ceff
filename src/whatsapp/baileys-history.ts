import type { BaileysEventMap, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { ownAddresses } from './baileys-events.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import { toReceivedMessage } from './baileys-message-mapper.ts';
import type { OlderMessagesRequest, ReceivedMessage } from './socket.ts';
import type { SocketEnding } from './socket-ending.ts';

interface HistoryParts {
  readonly sock: WASocket;
  readonly ending: SocketEnding;
  readonly clock: Clock;
  readonly library: Pick<BaileysLibrary, 'normalizeMessageContent'>;
}

type HistoryChunk = BaileysEventMap['messaging-history.set'];

/**
 * Asks the phone for older messages of a chat. It answers with a history notice that names the id of our request, as
 * `peerDataRequestSessionId` (Baileys, Utils/process-message.js). Rejects with WHATSAPP_UNAVAILABLE when none comes in time.
 */
export async function fetchOlder(
  parts: HistoryParts,
  { chat, olderThan, count, timeoutMs }: OlderMessagesRequest,
): Promise<ReceivedMessage[]> {
  const { sock, ending, clock } = parts;
  if (!sock.ws.isOpen) throw new AppError('DEVICE_NOT_CONNECTED');
  const answers = listenForAnswers(sock);
  try {
    const { waMessageId = '', fromMe = false, at = clock.now() } = olderThan ?? {};
    const key = { remoteJid: chat, id: waMessageId, fromMe };
    const requestId = await ending.race(sock.fetchMessageHistory(count, key, at.getTime()));
    const chunk = await ending.race(answers.to(requestId, { clock, timeoutMs }));
    const context = { ...parts.library, own: ownAddresses(sock), now: clock.now() };
    return chunk.messages.flatMap((message) => toReceivedMessage(message, context) ?? []);
  } finally {
    answers.stop();
  }
}

/** Listens before the request leaves: the answer may be here before its id is known. */
function listenForAnswers(sock: WASocket) {
  const heard = new Map<string, HistoryChunk>();
  let onAnswer = () => {};
  const listener = (chunk: HistoryChunk) => {
    const { peerDataRequestSessionId: id } = chunk;
    if (id) heard.set(id, chunk);
    onAnswer();
  };
  sock.ev.on('messaging-history.set', listener);
  return {
    to: (requestId: string, { clock, timeoutMs }: { clock: Clock; timeoutMs: number }) =>
      new Promise<HistoryChunk>((resolve, reject) => {
        const timer = clock.after(timeoutMs, () => reject(new AppError('WHATSAPP_UNAVAILABLE')));
        onAnswer = () => {
          const chunk = heard.get(requestId);
          if (!chunk) return;
          timer.cancel();
          resolve(chunk);
        };
        onAnswer();
      }),
    stop: () => sock.ev.off('messaging-history.set', listener),
  };
}
