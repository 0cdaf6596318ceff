import type { Statement } from '../database/database.ts';
import { toContentColumns } from '../outbox/outbox-content.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { MissedPolicy, NewSchedule, Schedule, ScheduleChange, ScheduleStatus } from './schedule.ts';
import { newTiming, type TimingEdit, timingAfter } from './schedule-edit.ts';
import type { ScheduleEvent } from './schedule-events.ts';
import { type Reading, type ScheduleRepository, updateTime } from './schedule-repository.ts';
import { ringIn, type ScheduleRunnerDeps } from './schedule-runner.ts';
import { type ScheduleView, toScheduleView } from './schedule-view.ts';
import type { GivenTime } from './timing.ts';

export interface ScheduleServiceDeps {
  readonly devices: { find(deviceId: DeviceId): Promise<object | null> };
  readonly schedules: Omit<ScheduleRepository, 'guarded' | 'dueWithin'>;
  readonly wakeups: ScheduleRunnerDeps['wakeups'];
  readonly events: EventBus<ScheduleEvent>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly defaultCountry: DefaultCountry;
  readonly defaultTimezone: string;
}

/** What a caller asks for. */
export interface ScheduleOrder {
  readonly to: string;
  readonly message?: string | undefined;
  /** What is sent instead of a text; asked for when everything else can be accepted. */
  readonly content?: (() => Promise<OutgoingContent>) | undefined;
  readonly scheduleTime?: GivenTime | undefined;
  readonly timezone?: string | undefined;
  readonly recurrence?: string | undefined;
  readonly missedPolicy: MissedPolicy;
}

/** What is left out stays as it is. */
export interface ScheduleEdit extends TimingEdit {
  readonly message?: string | undefined;
  readonly missedPolicy?: MissedPolicy | undefined;
}

export interface ScheduleListing {
  readonly deviceId: DeviceId;
  readonly status?: ScheduleStatus | undefined;
  readonly to?: string | undefined;
  readonly order: 'asc' | 'desc';
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

export type ScheduleService = ReturnType<typeof createScheduleService>;

/** What one can do with schedules. Every method throws DEVICE_NOT_FOUND; with an id also SCHEDULE_NOT_FOUND. */
export function createScheduleService(deps: ScheduleServiceDeps) {
  const { devices, schedules, events, ids, defaultCountry, defaultTimezone } = deps;

  async function requireDevice(deviceId: DeviceId): Promise<void> {
    if (!(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
  }

  async function read(deviceId: DeviceId, scheduleId: string): Promise<Reading> {
    await requireDevice(deviceId);
    const reading = await schedules.find(scheduleId);
    if (reading?.schedule.deviceId === deviceId) return reading;
    throw new AppError('SCHEDULE_NOT_FOUND', { deviceId, scheduleId });
  }

  /** Reads, decides and writes again for as long as somebody else changes the schedule in between. */
  async function change(
    { deviceId, scheduleId }: { deviceId: DeviceId; scheduleId: string },
    decide: (reading: Reading) => ScheduleChange | null,
    told: ScheduleEvent['change'],
  ): Promise<ScheduleView> {
    for (;;) {
      const { schedule, now } = await read(deviceId, scheduleId);
      const decided = decide({ schedule, now });
      if (decided === null) return toScheduleView(schedule);
      if (await schedules.change(schedule, decided, now)) {
        const changed = { ...schedule, ...decided, updatedAt: updateTime(schedule, now) };
        await tell(changed, now, told);
        return toScheduleView(changed);
      }
    }
  }

  async function tell(schedule: Schedule, now: Date, told: ScheduleEvent['change']): Promise<void> {
    events.publish({ change: told, schedule });
    if (schedule.status === 'active') {
      await ringIn(deps, schedule.id, schedule.runAt.getTime() - now.getTime());
    }
  }

  return {
    /**
     * Stores a schedule together with what `beside` gives for its id. Throws what parseRecipient throws, SCHEDULE_TIME_PAST,
     * SCHEDULE_TIME_IMPOSSIBLE, SCHEDULE_RECURRENCE_INVALID, and what `content` throws.
     */
    async create(
      deviceId: DeviceId,
      order: ScheduleOrder,
      beside: (scheduleId: string) => readonly Statement[],
    ): Promise<string> {
      await requireDevice(deviceId);
      const { scheduleTime = null, timezone = defaultTimezone, recurrence = null, missedPolicy } = order;
      const to = parseRecipient(order.to, defaultCountry);
      const now = await schedules.now();
      const id = ids.next();
      const timing = newTiming({ scheduleTime, timezone, recurrence }, now);
      const content = await contentOf(order);
      const schedule: NewSchedule = { ...timing, ...content, id, deviceId, to, missedPolicy };
      await schedules.add(schedule, { at: now, beside: beside(id) });
      await tell({ ...schedule, ...FRESH, createdAt: now, updatedAt: now }, now, 'created');
      return id;
    },

    async view(deviceId: DeviceId, scheduleId: string): Promise<ScheduleView> {
      return toScheduleView((await read(deviceId, scheduleId)).schedule);
    },

    /** One page and how many there are; a `cursor` goes on after the last item of an earlier page. */
    async list({ deviceId, status, to, order, page, pageSize, cursor }: ScheduleListing) {
      await requireDevice(deviceId);
      const recipient = to === undefined ? to : parseRecipient(to, defaultCountry);
      const filter = { deviceIds: [deviceId], status, to: recipient };
      const offset = cursor === undefined ? (page - 1) * pageSize : 0;
      const [found, total] = await Promise.all([
        schedules.list({ ...filter, order, limit: pageSize + 1, offset, after: cursor }),
        schedules.count(filter),
      ]);
      const items = found.slice(0, pageSize).map(toScheduleView);
      const nextCursor = found.length > pageSize ? (items.at(-1)?.scheduleId ?? null) : null;
      return { items, total, page, pageSize, nextCursor };
    },

    /** Changes an active schedule. Throws SCHEDULE_FINISHED for another, and what `create` throws. */
    edit(deviceId: DeviceId, scheduleId: string, edit: ScheduleEdit): Promise<ScheduleView> {
      const { message, missedPolicy, ...timing } = edit;
      const decide = ({ schedule, now }: Reading): ScheduleChange => {
        if (schedule.status !== 'active') throw finished(schedule);
        return {
          ...timingAfter(schedule, timing, now),
          ...(message !== undefined && reworded(schedule, message)),
          ...(missedPolicy !== undefined && { missedPolicy }),
        };
      };
      return change({ deviceId, scheduleId }, decide, 'edited');
    },

    /** Idempotent. Throws SCHEDULE_FINISHED when there is nothing left to cancel. */
    cancel(deviceId: DeviceId, scheduleId: string): Promise<ScheduleView> {
      const decide = ({ schedule }: Reading): ScheduleChange | null => {
        if (schedule.status === 'cancelled') return null;
        if (schedule.status !== 'active') throw finished(schedule);
        return { status: 'cancelled' };
      };
      return change({ deviceId, scheduleId }, decide, 'cancelled');
    },
  };
}

async function contentOf({ message = '', content }: ScheduleOrder) {
  const { text, ...columns } = toContentColumns(content ? await content() : { kind: 'text', text: message });
  return { ...columns, text: text ?? '' };
}

/** The words of a file are its caption. */
function reworded({ content }: Schedule, text: string): ScheduleChange {
  if (content === null || !('media' in content)) return { text };
  return { text, content: { ...content, caption: text } };
}

const FRESH = { status: 'active', lastRunAt: null, lastMessageId: null, runs: 0 } as const;

function finished({ id, status }: Schedule): AppError {
  return new AppError('SCHEDULE_FINISHED', { scheduleId: id, status });
}
