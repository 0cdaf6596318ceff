import type { LiveEvent, LiveEventType } from '../events/live-event.ts';
import type { DeviceId } from '../shared/ids.ts';

/** QR and pairing codes are stale when they arrive, and whoever sees one can link a phone. */
export type WebhookEventType = Exclude<LiveEventType, 'qr' | 'pairing_code'>;

/** What an endpoint can ask for, with what it tells. A new kind of event does not compile until it is listed. */
const TYPES: Readonly<Record<WebhookEventType, string>> = {
  status: 'the state of a device changed',
  authenticated: 'a device was linked or opened its session',
  disconnected: 'a device was removed',
  message: 'a message was received',
  message_status: 'a sent message moved on: server_ack, delivered, read, played, failed',
  schedule: 'a scheduled message was created, changed, sent or missed',
  job: 'how far a bulk job is',
};

export const WEBHOOK_EVENT_TYPES = Object.keys(TYPES) as WebhookEventType[];

/** `*`: every type there is, also those of later versions. */
export type EventPattern = WebhookEventType | '*';

export type DisabledReason =
  /** Somebody switched it off. */
  | 'by_request'
  /** The receiver answered 410. */
  | 'gone'
  /** Nothing was taken for five days. */
  | 'failing';

/** Where events are posted to. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly EventPattern[];
  /** Null: events of every device. */
  readonly deviceIds: readonly DeviceId[] | null;
  readonly status: 'enabled' | 'disabled';
  readonly disabledAt: Date | null;
  readonly disabledReason: DisabledReason | null;
  /** Since when nothing was taken; null while the last attempt succeeded. */
  readonly failingSince: Date | null;
  /** The last event for which deliveries were made. */
  readonly cursorSeq: number;
  readonly secret: string;
  /** The secret before the last rotation, while it signs too. */
  readonly previousSecret: { readonly secret: string; readonly until: Date } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewWebhookEndpoint = Pick<
  WebhookEndpoint,
  'id' | 'url' | 'events' | 'deviceIds' | 'cursorSeq' | 'secret'
>;

/** Whether an endpoint asked for this event. */
export function isWanted(
  { events, deviceIds }: Pick<WebhookEndpoint, 'events' | 'deviceIds'>,
  { type, deviceId }: Pick<LiveEvent, 'type' | 'deviceId'>,
): boolean {
  if (type === 'qr' || type === 'pairing_code') return false;
  const wantsType = events.includes('*') || events.includes(type);
  return wantsType && (deviceIds === null || deviceIds.includes(deviceId));
}

/** The secrets that sign now, the current one first. */
export function signingSecrets(
  { secret, previousSecret }: Pick<WebhookEndpoint, 'secret' | 'previousSecret'>,
  now: Date,
): readonly [string, ...string[]] {
  return previousSecret && previousSecret.until > now ? [secret, previousSecret.secret] : [secret];
}
