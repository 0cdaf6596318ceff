import type { DeviceId } from '../shared/ids.ts';

/** What a person watching a device is told, in the order it happened. The id sorts by time and resumes a stream. */
export interface LiveEvent {
  readonly id: string;
  readonly deviceId: DeviceId;
  /** The frame's `type`: status, qr, pairing_code, authenticated, disconnected, message, message_status, schedule, job. */
  readonly type: LiveEventType;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** Told while the database is away; it comes again when it is kept. */
  readonly isPassing?: true;
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

/** What tells of messages. */
export const MESSAGE_EVENTS: ReadonlySet<LiveEventType> = new Set([
  'message',
  'message_status',
  'schedule',
  'job',
]);

/** What is sent and received needs the scope `message:read`. */
export function isMessageEvent(event: LiveEvent): boolean {
  return MESSAGE_EVENTS.has(event.type);
}

/** The id a reader resumes behind; null for what is not kept. */
export function idOf(event: LiveEvent): string | null {
  return isPairingSecret(event) || event.isPassing ? null : event.id;
}

const STATE_EVENTS: ReadonlySet<LiveEventType> = new Set(['status', 'authenticated', 'disconnected']);

/** How a device is: worth telling at once, even if it is told again. */
export function isStateEvent({ type }: Pick<LiveEvent, 'type'>): boolean {
  return STATE_EVENTS.has(type);
}
