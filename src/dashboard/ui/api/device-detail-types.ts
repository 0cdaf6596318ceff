import type { Device, DeviceCause, DeviceStatus } from './device-types.ts';

/** What the page of one device reads; test/unit/dashboard/device-detail-types.test.ts compares it with the server's. */
export interface DeviceDetails extends Device {
  readonly jid: string | null;
  readonly lid: string | null;
  readonly settings: DeviceSettings;
  readonly health: SendingHealth;
}

export interface DeviceSettings {
  readonly autoRead: boolean;
  readonly markOnline: boolean;
  /** Null: as the server has it. */
  readonly historyDays: number | null;
  readonly pacing: Pacing;
}

/** docs/pacing.md explains each. */
export interface Pacing {
  readonly enforce: boolean;
  readonly gapSeconds: SecondsRange;
  readonly coldGapSeconds: SecondsRange;
  readonly hourlyCap: number | null;
  readonly dailyCap: number | null;
  readonly replyWindowHours: number;
  readonly quietHours: { readonly from: string; readonly to: string; readonly timezone: string } | null;
  readonly ramp: { readonly firstDay: number; readonly lastDay: number; readonly days: number } | null;
  readonly coldPauseMinutes: number;
  readonly breaker: {
    readonly window: number;
    readonly minOutcomes: number;
    readonly minDeliveredShare: number;
    readonly cooldownMinutes: number;
    readonly undeliveredAfterMinutes: number;
  } | null;
}

export interface SecondsRange {
  readonly min: number;
  readonly max: number;
}

export interface SendingHealth {
  readonly coldPausedUntil: string | null;
  readonly rateLimitedUntil: string | null;
  readonly reachoutLockedUntil: string | null;
  readonly messageCap: 'none' | 'first_warning' | 'second_warning' | 'capped';
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly warnings: readonly {
    readonly code: string;
    readonly message: string;
    readonly since: string;
    readonly until: string | null;
  }[];
}

export interface QrImage {
  /** A data URL. */
  readonly image: string;
  /** In seconds. */
  readonly expiresIn: number;
}

export interface PairingCode {
  readonly pairingCode: string;
  /** In seconds. */
  readonly expiresIn: number;
}

export type OnOff = 'aktif' | 'nonaktif';

export interface AllowedNumber {
  readonly id: number;
  readonly whatsapp_number: string;
  readonly status: OnOff;
  readonly session_id: string | null;
  readonly updated_at: string;
}

export interface Chatbot {
  readonly id: number;
  readonly sender_number: string;
  readonly status: OnOff;
  readonly session_id: string | null;
  readonly endpoint_url: string | null;
  readonly answers_groups: boolean;
  readonly updated_at: string;
}

export interface IssuedChatbot extends Chatbot {
  /** Shown this once. */
  readonly secret: string;
}

/** What an endpoint answered to a question nobody asked. */
export interface ChatbotTrial {
  readonly ok: boolean;
  readonly status: number | null;
  readonly reason: string | null;
  readonly replies: readonly string[];
  readonly took_ms: number;
}

export interface ChatbotTurn {
  readonly turn_id: string;
  readonly chat: string;
  readonly status: 'pending' | 'answered' | 'skipped' | 'failed';
  readonly reason: string | null;
  readonly attempts: number;
  readonly replies: number;
  readonly created_at: string;
}

export interface Group {
  readonly groupId: string;
  readonly subject: string;
  readonly description: string | null;
  readonly createdAt: string | null;
  readonly announceOnly: boolean;
  readonly locked: boolean;
  readonly isAdmin: boolean;
  readonly participantCount: number;
  readonly participants: readonly {
    readonly jid: string;
    readonly phoneNumber: string | null;
    readonly role: 'member' | 'admin' | 'superadmin';
  }[];
}

/** A page of the event log. */
export interface LogPage {
  readonly items: readonly LoggedEvent[];
  readonly nextCursor: string | null;
}

/** As far as the states of a device are concerned. */
export interface LoggedEvent {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly status?: DeviceStatus;
  readonly cause?: DeviceCause | null;
  readonly phoneNumber?: string | null;
}
