import type { LocalTime } from '../../src/schedules/local-time.ts';
import type { Schedule } from '../../src/schedules/schedule.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

/** An active schedule, due on 23 November 2026 at nine in Jakarta. */
export function scheduleWith(fields: Partial<Schedule> = {}): Schedule {
  return {
    id: '01K0000000000000000000000A',
    deviceId: 'ana' as DeviceId,
    to: '6281200000002@s.whatsapp.net' as Jid,
    kind: 'text',
    content: null,
    text: 'good morning',
    timezone: 'Asia/Jakarta',
    localTime: '2026-11-23 09:00:00' as LocalTime,
    runAt: new Date('2026-11-23T02:00:00Z'),
    recurrence: null,
    missedPolicy: 'send',
    status: 'active',
    lastRunAt: null,
    lastMessageId: null,
    runs: 0,
    createdAt: new Date('2026-11-21T00:00:00Z'),
    updatedAt: new Date('2026-11-21T00:00:00Z'),
    ...fields,
  };
}
