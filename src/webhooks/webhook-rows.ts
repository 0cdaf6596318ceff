import { parseJsonColumn } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { RingSealer } from '../shared/ring-sealer.ts';
import type { Attempt, Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './webhook.ts';

export interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly events: unknown;
  readonly device_ids: unknown;
  readonly secret_sealed: string;
  readonly previous_sealed: string | null;
  readonly previous_until: Date | null;
  readonly status: string;
  readonly failing_since: Date | null;
  readonly disabled_at: Date | null;
  readonly disabled_reason: string | null;
  readonly cursor_seq: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The words in these columns are only ever written from a WebhookEndpoint. Throws SealBrokenError. */
export function toEndpoint(row: EndpointRow, sealer: RingSealer): WebhookEndpoint {
  const open = (sealed: string) => sealer.open(sealed, secretContext(row.id));
  const { previous_sealed: previous, previous_until: until } = row;
  return {
    id: row.id,
    url: row.url,
    events: parseJsonColumn(row.events) as WebhookEndpoint['events'],
    deviceIds: toDeviceIds(row.device_ids),
    status: row.status as WebhookEndpoint['status'],
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason as WebhookEndpoint['disabledReason'],
    failingSince: row.failing_since,
    cursorSeq: Number(row.cursor_seq),
    secret: open(row.secret_sealed),
    previousSecret: previous !== null && until !== null ? { secret: open(previous), until } : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The row a sealed secret belongs to. */
export function secretContext(endpointId: string): string {
  return `webhook:${endpointId}`;
}

export function toDeviceIds(column: unknown): readonly DeviceId[] | null {
  return column === null ? null : (parseJsonColumn(column) as DeviceId[] | null);
}

export interface DeliveryRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly event_seq: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly device_id: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
  readonly last_status_code: number | null;
  readonly last_error: string | null;
  readonly last_duration_ms: number | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventSeq: Number(row.event_seq),
    eventId: row.event_id,
    eventType: row.event_type,
    deviceId: row.device_id as DeviceId | null,
    status: row.status as Delivery['status'],
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastStatusCode: row.last_status_code,
    lastError: row.last_error,
    lastDurationMs: row.last_duration_ms,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
  };
}

export interface AttemptRow {
  readonly delivery_id: string;
  readonly number: number;
  readonly started_at: Date;
  readonly duration_ms: number;
  readonly status_code: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    deliveryId: row.delivery_id,
    number: row.number,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    error: row.error,
    response: row.response,
  };
}

/** Columns of an update with their values. */
export type Columns = readonly (readonly [name: string, value: SqlValue])[];

export function assignments(columns: Columns): string {
  return columns.map(([name]) => `${name} = ?`).join(', ');
}
