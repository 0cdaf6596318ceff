import type { Database } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { MinuteCount } from './pacing-window.ts';

/** A message to a stranger that is with WhatsApp and not delivered yet. */
export interface AwaitedMessage {
  readonly waMessageId: WaMessageId;
  readonly sentAt: Date;
}

export type PacingRepository = ReturnType<typeof createPacingRepository>;

/** What a device sent lately, read from its outbox by an index that knows the times. Methods throw what Database throws. */
export function createPacingRepository({ database }: { database: Database }) {
  const { forceIndex, minuteOf } = dialectOf(database.dialect);
  const byTime = forceIndex('outbound_message', 'outbound_message_device_id_sending_at_lane_idx');
  return {
    /** How much was sent in each minute since then, oldest first; minutes without anything are left out. */
    async minuteCounts(deviceId: DeviceId, since: Date): Promise<MinuteCount[]> {
      const rows = await database.query<{ sent_minute: number; total: number; cold: number }>({
        text: `select ${minuteOf('sending_at')} as sent_minute,
            sum(case when lane = 'reply' then 0 else 1 end) as total,
            sum(case when lane = 'cold' then 1 else 0 end) as cold
          from ${byTime} where device_id = ? and sending_at >= ? group by sent_minute order by sent_minute`,
        params: [deviceId, since],
      });
      return rows.map(({ sent_minute, total, cold }) => ({
        minute: Number(sent_minute),
        total: Number(total),
        cold: Number(cold),
      }));
    },

    /** When the device last sent an item of a job; null: not since then. */
    async lastJobItemAt(deviceId: DeviceId, since: Date): Promise<Date | null> {
      const [row] = await database.query<{ sending_at: Date }>({
        text: `select sending_at from ${byTime} where device_id = ? and sending_at >= ? and job_id is not null
          order by sending_at desc limit 1`,
        params: [deviceId, since],
      });
      return row?.sending_at ?? null;
    },

    /** Messages to strangers since then whose outcome is open. */
    async awaited(deviceId: DeviceId, since: Date): Promise<AwaitedMessage[]> {
      const rows = await database.query<{ wa_message_id: WaMessageId; sending_at: Date }>({
        text: `select wa_message_id, sending_at from ${byTime} where device_id = ? and sending_at >= ? and lane = 'cold'
          and status in ('sending', 'server_ack') order by sending_at`,
        params: [deviceId, since],
      });
      return rows.map(({ wa_message_id, sending_at }) => ({
        waMessageId: wa_message_id,
        sentAt: sending_at,
      }));
    },
  };
}
