import type { DeviceId } from '../shared/ids.ts';
import type { Lane, QueuedMessage } from './outbox-message.ts';

/** Whether a message may go now. */
export type PaceDecision =
  | {
      readonly kind: 'send';
      /** Kept with the message. */
      readonly lane: Lane | null;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'wait';
      readonly until: Date;
      readonly reason: string;
      /**
       * What waits with it: this message alone (a stranger while strangers must wait), every item of jobs (the gap
       * between them), or everything of the device (WhatsApp said slower). Everything else goes on.
       */
      readonly holds: 'message' | 'jobs' | 'device';
    };

/** Asked before each send, and told of it; the runner of a device asks for one message at a time. */
export interface Pacer {
  /** May be asked again for the same message, and must then not answer later and later. Throws what the database throws. */
  pace(message: QueuedMessage, now: Date): PaceDecision | Promise<PaceDecision>;
  /** The message was handed to WhatsApp. */
  sent(message: QueuedMessage, at: Date): void;
  /** The device is run here no longer. */
  forget(deviceId: DeviceId): void;
}
