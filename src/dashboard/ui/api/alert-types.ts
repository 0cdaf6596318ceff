/** The shapes of alerts as the pages read them; test/unit/dashboard/admin-types.test.ts compares them with the server's. */
export const ALERT_STATUSES = ['waiting', 'escalated', 'acknowledged', 'sent'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

export interface Alert {
  readonly alertId: string;
  readonly source: 'api' | 'mqtt';
  readonly topic: string | null;
  readonly list: { readonly id: number; readonly name: string };
  readonly message: string;
  readonly deviceId: string;
  readonly status: AlertStatus;
  readonly requiresAck: boolean;
  readonly escalation: {
    readonly list: { readonly id: number; readonly name: string };
    /** When the second list gets it. */
    readonly at: string | null;
    readonly escalatedAt: string | null;
    readonly problem: string | null;
  } | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly repeats: number;
  readonly progress: {
    readonly total: number;
    readonly waiting: number;
    readonly sent: number;
    readonly delivered: number;
    readonly read: number;
    readonly failed: number;
  };
  readonly createdAt: string;
}

export interface AlertMessage {
  /** 1, or 2 for the list that got it because nobody acknowledged. */
  readonly stage: number;
  readonly name: string;
  readonly to: string;
  readonly messageId: string;
  readonly status: string;
}

export interface AlertWithMessages extends Alert {
  readonly items: readonly AlertMessage[];
}

export interface AlertPage {
  readonly items: readonly Alert[];
  readonly total: number;
  readonly nextCursor: string | null;
}
