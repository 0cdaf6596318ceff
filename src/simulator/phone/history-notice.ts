import { deflateSync } from 'node:zlib';
import type { DeviceAddress } from '../core.ts';
import { formatAddress, isGroupJid } from '../wire/jid.ts';
import { encodeProto, type Proto } from '../wire/proto.ts';
import { PROTOCOL_MESSAGE_TYPE } from '../wire/proto-message.ts';
import type { PhoneMessage } from './message-book.ts';
import { encryptFor } from './pairwise.ts';
import { newMessageId, type PhoneContext } from './phone-context.ts';

/** What a phone says to one of its companions, past all chats. */
export async function sendToCompanion(
  context: PhoneContext,
  companion: DeviceAddress,
  protocolMessage: Proto<'ProtocolMessage'>,
): Promise<void> {
  const enc = await encryptFor(context, companion, { protocolMessage });
  await context.core.submit(context.phoneNumber, {
    tag: 'message',
    attrs: { id: newMessageId(context), to: formatAddress(companion), type: 'text', category: 'peer' },
    content: [enc],
  });
}

/**
 * The history itself travels inside the notification, deflated, so no media host is needed. `requestId`: the message in which
 * the companion asked for it.
 */
export function historyNotification(
  history: Proto<'HistorySync'>,
  requestId?: string,
): Proto<'ProtocolMessage'> {
  const { syncType, chunkOrder, progress } = history;
  const payload = deflateSync(encodeProto('HistorySync', history));
  return {
    type: PROTOCOL_MESSAGE_TYPE.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      fileLength: payload.byteLength,
      syncType,
      chunkOrder,
      progress,
      initialHistBootstrapInlinePayload: payload,
      peerDataRequestSessionId: requestId,
    },
  };
}

export function webMessage({ id, chat, direction, from, text, at }: PhoneMessage): Proto<'WebMessageInfo'> {
  const participant = isGroupJid(chat) ? from.replace(/:\d+@/, '@') : undefined;
  return {
    key: { remoteJid: chat, fromMe: direction !== 'received', id, participant },
    participant,
    message: { conversation: text ?? '' },
    messageTimestamp: seconds(at),
  };
}

export function seconds(at: string | undefined): number {
  return Math.floor(Date.parse(at ?? '1970-01-01') / 1000);
}
