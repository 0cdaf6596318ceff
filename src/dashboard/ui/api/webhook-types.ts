/** The shapes of webhooks as the pages read them; test/unit/dashboard/admin-types.test.ts compares them with the server's. */
export const WEBHOOK_EVENTS = [
  '*',
  'message',
  'message_status',
  'status',
  'authenticated',
  'disconnected',
  'schedule',
  'job',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** null: every device. */
  readonly deviceIds: readonly string[] | null;
  readonly status: 'enabled' | 'disabled';
  readonly disabledAt: string | null;
  readonly disabledReason: 'by_request' | 'gone' | 'failing' | null;
  readonly failingSince: string | null;
  /** Until then the secret before this one signs too. */
  readonly previousSecretUntil: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The answer that makes or rotates a secret, the only one that has it. */
export interface WebhookWithSecret extends Webhook {
  readonly secret: string;
}

export type DeliveryStatus = 'pending' | 'sending' | 'delivered' | 'failed';

export interface DeliveryAttempt {
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

export interface Delivery {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly deviceId: string | null;
  readonly status: DeliveryStatus;
  readonly attemptCount: number;
  readonly nextAttemptAt: string | null;
  readonly lastStatusCode: number | null;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface WebhookTest {
  readonly delivered: boolean;
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly response: string | null;
  readonly durationMs: number;
}

export interface Redelivered {
  readonly count: number;
  /** Ask again. */
  readonly more: boolean;
}
