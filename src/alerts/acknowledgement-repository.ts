import type { Database } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';

const OPEN = "status in ('waiting', 'escalated')";

/** Alerts that somebody may still acknowledge. Only the database's clock is asked. Methods throw what Database throws. */
export function createAcknowledgementRepository({ database }: { database: Database }) {
  const { now, plusMs } = dialectOf(database.dialect);

  return {
    /** False when it was acknowledged already, or nobody need. */
    async acknowledge(id: string, by: string): Promise<boolean> {
      const { changes } = await database.run({
        text: `update alert set status = 'acknowledged', acknowledged_at = ${now}, acknowledged_by = ?
          where id = ? and ${OPEN}`,
        params: [by, id],
      });
      return changes === 1;
    },

    /** The last event before the oldest alert of the last `withinMs` that may be acknowledged; null when there is none. */
    async oldestOpen(withinMs: number): Promise<number | null> {
      const [row] = await database.query<{ seq: number | string | null }>({
        text: `select min(event_seq) as seq from alert where ${OPEN} and created_at > ${plusMs(now)}`,
        params: [-withinMs],
      });
      return row?.seq === null || row?.seq === undefined ? null : Number(row.seq);
    },

    /** The open alerts that a device sent to one of these addresses, the newest first. */
    async openFor(
      deviceId: string,
      chats: readonly string[],
      { withinMs, limit }: { withinMs: number; limit: number },
    ): Promise<{ alertId: string; waMessageId: string; eventSeq: number }[]> {
      const rows = await database.query<{ id: string; wa_message_id: string; event_seq: number | string }>({
        text: `select a.id, i.wa_message_id, a.event_seq from alert_item i join alert a on a.id = i.alert_id
          where i.device_id = ? and i.to_jid in (${chats.map(() => '?').join(', ')})
            and a.${OPEN} and a.created_at > ${plusMs(now)} order by i.id desc limit ${Math.trunc(limit)}`,
        params: [deviceId, ...chats, -withinMs],
      });
      return rows.map(({ id, wa_message_id: waMessageId, event_seq }) => ({
        alertId: id,
        waMessageId,
        eventSeq: Number(event_seq),
      }));
    },
  };
}
