import type { DeviceId } from '../shared/ids.ts';

/** What a person watching a device is told, in the order it happened. The id sorts by time and resumes a stream. */
export interface LiveEvent {
  readonly id: string;
  readonly deviceId: DeviceId;
  /** The frame's `type`: status, qr, pairing_code, authenticated, disconnected, message, message_status, schedule, job. */
  readonly type: LiveEventType;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

export type LiveEventType =
  | 'status'
  | 'qr'
  | 'pairing_code'
  | 'authenticated'
  | 'disconnected'
  | 'message'
  | 'message_status'
  | 'schedule'
  | 'job';

/** Whoever sees one of these can link a phone, so they need the scope `device:link`. */
export function isPairingSecret(event: LiveEvent): boolean {
  return event.type === 'qr' || event.type === 'pairing_code';
}

const MESSAGE_EVENTS: ReadonlySet<LiveEventType> = new Set(['message', 'message_status', 'schedule', 'job']);

/** What is sent and received needs the scope `message:read`. */
export function isMessageEvent(event: LiveEvent): boolean {
  return MESSAGE_EVENTS.has(event.type);
}
