import type { OutboundMessage } from '../outbox/outbox-message.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';

/** A message a device received, as it is kept. */
export interface StoredReceivedMessage extends ReceivedMessage {
  /** ULID: sorts by the time it was stored. */
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly receivedAt: Date;
}

/** One entry of a device's history, in either direction. */
export type StoredMessage =
  | ({ readonly direction: 'out' } & OutboundMessage)
  | ({ readonly direction: 'in' } & StoredReceivedMessage);
