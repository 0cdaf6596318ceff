import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingContent, OutgoingKind } from '../whatsapp/outgoing.ts';
import type { LocalTime } from './local-time.ts';
import type { Recurrence } from './recurrence.ts';

/**
 * `active`: has a time ahead. `done`: its last message was handed to the outbox. `missed`: its last time passed while
 * nobody served and its policy is to skip. `cancelled`: by a caller, or with its device.
 */
export type ScheduleStatus = 'active' | 'done' | 'cancelled' | 'missed';

/** What happens to a time that passed while nobody served: sent once as soon as possible, or left out. */
export type MissedPolicy = 'send' | 'skip';

/** What a caller decides, with the first time worked out. */
export interface NewSchedule {
  /** ULID: sorts by the time it was asked for. */
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly to: Jid;
  readonly kind: OutgoingKind;
  /** What people read of it. */
  readonly text: string;
  /** Null: the text is all there is. */
  readonly content: OutgoingContent | null;
  /** IANA name. */
  readonly timezone: string;
  /** What the clocks of the zone show at the next time; of an ended schedule, at the last one. */
  readonly localTime: LocalTime;
  /** The same as a moment. Compared with the database's clock only. */
  readonly runAt: Date;
  /** Null: once. */
  readonly recurrence: Recurrence | null;
  readonly missedPolicy: MissedPolicy;
}

/** A message that is sent later, once or again and again. */
export interface Schedule extends NewSchedule {
  readonly status: ScheduleStatus;
  /** When a message was last handed to the outbox, and its WhatsApp id. */
  readonly lastRunAt: Date | null;
  readonly lastMessageId: WaMessageId | null;
  /** How many messages were handed to the outbox. */
  readonly runs: number;
  readonly createdAt: Date;
  /** Later with every change: a writer that names it knows that nobody changed the row since it read it. */
  readonly updatedAt: Date;
}

/** What may change; fields left out stay as they are. */
export type ScheduleChange = Partial<Omit<Schedule, keyof Fixed | 'updatedAt'>>;
type Fixed = Pick<Schedule, 'id' | 'deviceId' | 'kind' | 'createdAt'>;
