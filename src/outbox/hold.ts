import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { SendError } from './outbox-message.ts';

/** A message, or everything of a device that waits, does not go though the device is connected. */
export interface Hold {
  readonly deviceId: DeviceId;
  /** Null: everything of the device. */
  readonly waMessageId: WaMessageId | null;
  /** As the row of a message keeps it. */
  readonly error: SendError;
  /** Not before; pacing may then hold it again. */
  readonly until: Date;
}

/** `reason` as pacing names it, e.g. `cold_paused`. */
export function holdError(reason: string, until: Date): SendError {
  return { code: reason.toUpperCase(), message: `Held back until ${until.toISOString()}; it goes by itself` };
}
