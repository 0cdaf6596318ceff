import type { DeviceAddress } from '../core.ts';
import type { Proto } from '../wire/proto.ts';
import { HISTORY_SYNC_TYPE } from '../wire/proto-sync.ts';
import { historyNotification, sendToCompanion, webMessage } from './history-notice.ts';
import type { PhoneMessage } from './message-book.ts';
import type { PhoneContext } from './phone-context.ts';

type Request = Proto<'HistorySyncOnDemandRequest'>;

/** A real phone gives no more at once. */
const MOST_MESSAGES = 50;

/** Answers a companion that asks for older messages of a chat: the newest ones before the one it names. */
export async function answerHistoryRequest(
  context: PhoneContext,
  companion: DeviceAddress,
  { requestId, request }: { requestId: string; request: Request },
): Promise<void> {
  const { chatJid = '' } = request;
  const messages = olderMessages(context, request);
  const conversation: Proto<'Conversation'> = {
    id: chatJid,
    messages: messages.map((message) => ({ message: webMessage({ ...message, chat: chatJid }) })),
    endOfHistoryTransfer: messages.length < countOf(request),
  };
  const history = { syncType: HISTORY_SYNC_TYPE.ON_DEMAND, chunkOrder: 1, conversations: [conversation] };
  await sendToCompanion(context, companion, historyNotification(history, requestId));
}

function countOf({ onDemandMsgCount = MOST_MESSAGES }: Request): number {
  return Math.min(Math.max(onDemandMsgCount, 0), MOST_MESSAGES);
}

/** Newest first, as phones hand them over. */
function olderMessages(context: PhoneContext, request: Request): PhoneMessage[] {
  const inChat = context.book.list().filter((message) => isIn(context, message, request.chatJid ?? ''));
  const at = inChat.findIndex(({ id }) => id === request.oldestMsgId);
  const before = Number(request.oldestMsgTimestampMs ?? 0);
  const older = at === -1 ? inChat.filter((message) => Date.parse(message.at) < before) : inChat.slice(0, at);
  return older.slice(-countOf(request)).reverse();
}

/** The chat may be asked for by number or by LID, whichever it was written under. */
function isIn({ core }: PhoneContext, { chat, peer }: PhoneMessage, chatJid: string): boolean {
  if (chat === chatJid) return true;
  const [user = ''] = chatJid.split('@');
  return peer !== null && core.findAccount(user)?.phoneNumber === peer;
}
