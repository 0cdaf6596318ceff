import type { Database, SqlValue } from '../database/database.ts';
import type { DeviceId } from '../shared/ids.ts';

export type RetentionRepository = ReturnType<typeof createRetentionRepository>;

/** What is too old to be kept. Methods throw what Database throws. */
export function createRetentionRepository({ database }: { database: Database }) {
  return {
    /** The next device with history, in the order of ids; history outlives its device. Null: there is none. */
    async deviceAfter(deviceId: string): Promise<DeviceId | null> {
      const [row] = await database.query<{ device_id: string }>({
        text: 'select device_id from history_message where device_id > ? order by device_id limit 1',
        params: [deviceId],
      });
      return (row?.device_id ?? null) as DeviceId | null;
    },

    /** Erases the oldest messages before that time, `limit` at most; resolves with how many. */
    async eraseMessages(
      deviceId: DeviceId,
      { before, limit }: { before: Date; limit: number },
    ): Promise<number> {
      const rows = await database.query<{ id: string }>({
        text: `select id from history_message where device_id = ? and message_timestamp < ?
          order by message_timestamp, id limit ${Math.trunc(limit)}`,
        params: [deviceId, before],
      });
      if (rows.length === 0) return 0;
      const params: SqlValue[] = rows.map(({ id }) => id);
      await database.run({
        text: `delete from history_message where id in (${params.map(() => '?').join(', ')})`,
        params,
      });
      return rows.length;
    },

    /** Erases the chats in which nothing was said since. */
    async eraseChats(deviceId: DeviceId, before: Date): Promise<void> {
      await database.run({
        text: 'delete from chat where device_id = ? and last_message_at < ?',
        params: [deviceId, before],
      });
    },
  };
}
