/** The shapes of history and reports as the pages read them; test/unit/dashboard/history-types.test.ts compares them with the server's. */
import type { Page } from './device-types.ts';

export interface HistoryMedia {
  readonly mimetype?: string | null | undefined;
  readonly fileName?: string | null | undefined;
  readonly sizeBytes?: number | null | undefined;
  readonly seconds?: number | null | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
  /** Where the file can be had; without it nowhere. */
  readonly downloadPath?: string | null | undefined;
}

export interface HistoryMessage {
  readonly id: string;
  readonly messageId: string;
  readonly chat: string;
  readonly from: string;
  readonly fromMe: boolean;
  readonly ownNumber: string;
  readonly senderNumber: string | null;
  readonly isGroup: boolean;
  readonly pushName: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly media: HistoryMedia | null;
  readonly quotedMessageId: string | null;
  /** The emoji of each author, by address. */
  readonly reactions: Readonly<Record<string, string>> | null;
  readonly timestamp: string;
  readonly editedAt: string | null;
  readonly revokedAt: string | null;
  readonly status: string;
}

export interface Chat {
  readonly chat: string;
  readonly name: string | null;
  readonly isGroup: boolean;
  readonly lastMessageAt: string;
  readonly lastMessage: HistoryMessage | null;
  /** Messages since our side last wrote, at most 20. */
  readonly waiting: number;
}

export interface ChatPage extends Page<Chat> {
  readonly keeps: 'history' | 'recent' | 'withheld';
}

export interface FoundPage extends Page<HistoryMessage> {
  readonly totalIsExact: boolean;
}

export interface PollVotes {
  readonly options: readonly { readonly name: string; readonly count: number }[];
  readonly totalVoters: number;
}

export interface MessageStats {
  readonly timezone: string;
  readonly total: number;
  readonly incoming: number;
  readonly outgoing: number;
  readonly distinctContacts: number;
  readonly perType: Readonly<Record<string, number>>;
  readonly perStatus: Readonly<Record<string, number>>;
  readonly perHour: readonly {
    readonly hour: number;
    readonly incoming: number;
    readonly outgoing: number;
  }[];
}

export interface DailyFigures {
  /** YYYY-MM-DD in the server's zone. */
  readonly date: string;
  readonly deviceId: string;
  readonly total: number;
  readonly incoming: number;
  readonly outgoing: number;
}

export interface NumberContact {
  readonly phoneNumber: string;
  readonly pushName: string | null;
  readonly sent: number;
  readonly received: number;
  readonly total: number;
  readonly lastMessageAt: string;
}
