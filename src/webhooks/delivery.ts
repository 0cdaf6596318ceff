import type { DeviceId } from '../shared/ids.ts';

export type DeliveryStatus =
  /** Waits for its time. */
  | 'pending'
  /** An attempt is under way, or was when its process died: then its time comes again. */
  | 'sending'
  | 'delivered'
  /** Given up. */
  | 'failed';

/** One event for one endpoint. */
export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventSeq: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly deviceId: DeviceId | null;
  readonly status: DeliveryStatus;
  /** Attempts begun; the number of the last one. */
  readonly attempts: number;
  /** When the next attempt is due, or the one under way is believed to have died. */
  readonly nextAttemptAt: Date | null;
  readonly lastStatusCode: number | null;
  readonly lastError: string | null;
  readonly lastDurationMs: number | null;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

/** A delivery as it is made of an event. */
export type NewDelivery = Pick<
  Delivery,
  'id' | 'endpointId' | 'eventSeq' | 'eventId' | 'eventType' | 'deviceId'
>;

/** A delivery whose next attempt is this process's to make. */
export type ClaimedDelivery = Pick<
  Delivery,
  'id' | 'endpointId' | 'eventSeq' | 'eventId' | 'eventType' | 'attempts'
>;

/** One try of a delivery. */
export interface Attempt {
  readonly deliveryId: string;
  readonly number: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  /** How the answer of a failed attempt begins; never kept for messages, since a receiver may repeat what it was sent. */
  readonly response: string | null;
}
