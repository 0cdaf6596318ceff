/** The shapes of sending as the pages read them; test/unit/dashboard/sending-types.test.ts compares them with the server's. */
export interface SentMessage {
  readonly messageId: string;
  readonly to: string;
  readonly status: string;
  /** Why it waits although its device is connected, and until when at least. */
  readonly reason?: string | undefined;
  readonly retryAt?: string | undefined;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** A message of a device's list, as far as these pages look at it. */
export interface ListedMessage {
  readonly messageId: string;
  readonly direction: 'in' | 'out';
  readonly type: string;
  readonly text: string | null;
  readonly status: string;
  readonly error: Problem | null;
}

export interface CheckedNumber {
  readonly number: string | null;
  readonly registered: boolean;
  readonly jid: string | null;
}

export interface Group {
  readonly groupId: string;
  readonly subject: string;
  readonly participantCount: number;
}

export interface Recipient {
  readonly id: number;
  readonly name: string;
  readonly number: string;
}

export interface RecipientList {
  readonly id: number;
  readonly name: string;
  readonly members: number;
}

/** A list without cursors. */
export interface PlainList<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}
