import { receivedMediaPath } from '../media/received-media-path.ts';
import { csvLine } from '../shared/csv.ts';
import type { HistoryMessage } from './history.ts';

/** A message of history as callers see it. Times are ISO 8601 in UTC. */
export interface HistoryView {
  readonly id: string;
  readonly messageId: string;
  readonly deviceId: string;
  readonly direction: 'in' | 'out';
  readonly chat: string;
  readonly from: string;
  readonly to: string;
  readonly fromMe: boolean;
  readonly ownNumber: string;
  readonly senderNumber: string | null;
  readonly receiverNumber: string | null;
  readonly isGroup: boolean;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  /** `downloadPath` null: only the phone's history told of it, or this server sent it. */
  readonly media: Readonly<Record<string, unknown>> | null;
  readonly quotedMessageId: string | null;
  readonly reactions: Readonly<Record<string, string>> | null;
  readonly timestamp: string;
  readonly editedAt: string | null;
  readonly revokedAt: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly error: null;
}

export function toHistoryView(message: HistoryMessage): HistoryView {
  const own = `${message.ownNumber}@s.whatsapp.net`;
  const isOut = message.direction === 'out';
  const author = message.participant === '' ? message.chat : message.participant;
  return {
    id: message.id,
    messageId: message.waMessageId,
    deviceId: message.deviceId,
    direction: message.direction,
    chat: message.chat,
    from: isOut ? own : author,
    to: isOut || message.isGroup ? message.chat : own,
    fromMe: isOut,
    ownNumber: message.ownNumber,
    senderNumber: message.senderNumber,
    receiverNumber: message.receiverNumber,
    isGroup: message.isGroup,
    pushName: message.pushName,
    type: message.type,
    text: message.text,
    media: mediaView(message),
    quotedMessageId: message.quotedWaMessageId,
    reactions: message.reactions,
    timestamp: message.timestamp.toISOString(),
    editedAt: message.editedAt?.toISOString() ?? null,
    revokedAt: message.revokedAt?.toISOString() ?? null,
    status: statusOf(message),
    attempts: 0,
    error: null,
  };
}

/** What came as it was said stands under the same id in the list of received messages. */
function mediaView({ id, deviceId, media, source }: HistoryMessage): HistoryView['media'] {
  return media && { ...media, downloadPath: source === 'live' ? receivedMediaPath(deviceId, id) : null };
}

/** What the phone itself sent is in history without a receipt; WhatsApp's server has it all the same. */
export function statusOf({ direction, status }: { direction: 'in' | 'out'; status: string | null }): string {
  return status ?? (direction === 'in' ? 'received' : 'server_ack');
}

const COLUMNS = [
  'timestamp',
  'deviceId',
  'direction',
  'senderNumber',
  'receiverNumber',
  'chat',
  'isGroup',
  'pushName',
  'type',
  'text',
  'status',
  'messageId',
  'quotedMessageId',
  'editedAt',
  'revokedAt',
] as const satisfies readonly (keyof HistoryView)[];

export const HISTORY_CSV_HEAD = csvLine(COLUMNS);

export function historyCsvLine(message: HistoryMessage): string {
  const view = toHistoryView(message);
  return csvLine(COLUMNS.map((column) => view[column]));
}
