import type { Statement } from '../database/database.ts';
import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { FencedError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import { type After, decideFiring } from './firing.ts';
import type { Schedule, ScheduleChange } from './schedule.ts';
import type { ScheduleEvent } from './schedule-events.ts';
import { type Reading, type ScheduleRepository, updateTime } from './schedule-repository.ts';

export interface ScheduleRunnerDeps {
  readonly schedules: Pick<ScheduleRepository, 'find' | 'change' | 'guarded'>;
  readonly outbox: {
    /** Throws FencedError, and stores nothing, when the guard finds no row. */
    accept(
      messages: readonly NewOutboxMessage[],
      options: { readonly guard: Statement; readonly beside: readonly Statement[] },
    ): Promise<void>;
  };
  readonly devices: { find(deviceId: DeviceId): Promise<object | null> };
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly events: EventBus<ScheduleEvent>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Does what is due for one schedule; the handler of the topic `schedule`. Throws what the database throws. */
export function createScheduleRunner(deps: ScheduleRunnerDeps): (id: string) => Promise<void> {
  const { schedules, outbox, devices, events, ids, clock, log } = deps;

  return async (id) => {
    const reading = await schedules.find(id);
    if (reading?.schedule.status !== 'active') return;
    const { schedule, now } = reading;
    const firing = decideFiring(schedule, now);
    if (firing.kind === 'early') return ringIn(deps, id, firing.inMs);
    if (!(await devices.find(schedule.deviceId))) return endWithDevice(reading);
    if (firing.kind === 'skip') return skip(reading, firing.after);
    await send(reading, firing.after);
  };

  /** The message and the change of the schedule are one transaction: whoever comes second changes nothing. */
  async function send({ schedule, now }: Reading, after: After): Promise<void> {
    const waMessageId = ids.nextWaMessageId();
    const change = {
      ...changeTo(after),
      lastRunAt: now,
      lastMessageId: waMessageId,
      runs: schedule.runs + 1,
    };
    const { guard, statement } = schedules.guarded(schedule, change, now);
    try {
      await outbox.accept([messageOf(schedule, waMessageId)], { guard, beside: [statement] });
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      return lookAgain(schedule);
    }
    const lateMs = now.getTime() - schedule.runAt.getTime();
    log.info({ deviceId: schedule.deviceId, scheduleId: schedule.id, lateMs }, 'a scheduled message is due');
    await follow({ schedule, now }, change, 'sent');
  }

  async function skip(reading: Reading, after: After): Promise<void> {
    const { schedule, now } = reading;
    const change = changeTo(after);
    if (!(await schedules.change(schedule, change, now))) return lookAgain(schedule);
    log.warn({ deviceId: schedule.deviceId, scheduleId: schedule.id }, 'a scheduled message was missed');
    await follow(reading, change, 'missed');
  }

  /** Its device was removed by a process that died before it came to the schedules. */
  async function endWithDevice(reading: Reading): Promise<void> {
    const change: ScheduleChange = { status: 'cancelled' };
    if (!(await schedules.change(reading.schedule, change, reading.now))) return;
    await follow(reading, change, 'cancelled');
  }

  async function follow(
    { schedule, now }: Reading,
    change: ScheduleChange,
    told: ScheduleEvent['change'],
  ): Promise<void> {
    const changed = { ...schedule, ...change, updatedAt: updateTime(schedule, now) };
    events.publish({ change: told, schedule: changed });
    if (changed.status === 'active') await ringIn(deps, schedule.id, changed.runAt.getTime() - now.getTime());
  }

  /** Another process did it, or somebody edited the schedule in between: what there is to do now, the row says. */
  function lookAgain({ id }: Schedule): Promise<void> {
    return ringIn(deps, id, 0);
  }

  function messageOf(schedule: Schedule, waMessageId: WaMessageId): NewOutboxMessage {
    const { deviceId, to, kind, text, content, runAt, id: scheduleId } = schedule;
    return {
      id: ids.next(),
      deviceId,
      waMessageId,
      to,
      kind,
      text,
      content,
      source: 'schedule',
      scheduleId,
      // The clock of this process may be behind the database's; what is due there is due.
      dueAt: new Date(Math.min(runAt.getTime(), clock.now().getTime())),
      delayMs: null,
      onAmbiguous: 'resend',
      expiresAt: null,
    };
  }
}

/** Rings after so many ms of the database's clock; what the wall clock of this process shows does not matter. */
export async function ringIn(
  { wakeups, clock }: Pick<ScheduleRunnerDeps, 'wakeups' | 'clock'>,
  id: string,
  inMs: number,
): Promise<void> {
  await wakeups.ring('schedule', id, new Date(clock.now().getTime() + Math.max(0, inMs)));
}

function changeTo({ status, next }: After): ScheduleChange {
  return next ? { status, localTime: next.localTime, runAt: next.runAt } : { status };
}
