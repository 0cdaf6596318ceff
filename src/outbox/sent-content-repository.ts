import type { Database } from '../database/database.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { SentMessageName } from '../whatsapp/outgoing.ts';

export type SentContentRepository = ReturnType<typeof createSentContentRepository>;

/** What WhatsApp was told of messages that bring a file, as it was encoded. Methods throw what Database throws. */
export function createSentContentRepository({ database }: { database: Database }) {
  return {
    /** Null when the file of the message was not uploaded yet. */
    async kept({ deviceId, waMessageId }: SentMessageName): Promise<Uint8Array | null> {
      const [row] = await database.query<{ wa_content: Uint8Array | null }>({
        text: 'select wa_content from outbound_message where device_id = ? and wa_message_id = ?',
        params: [deviceId, waMessageId],
      });
      return row?.wa_content ?? null;
    },

    /** The next device with messages, in the order of ids; messages outlive their device. Null: there is none. */
    async deviceAfter(deviceId: string): Promise<DeviceId | null> {
      const [row] = await database.query<{ device_id: string }>({
        text: 'select device_id from outbound_message where device_id > ? order by device_id limit 1',
        params: [deviceId],
      });
      return (row?.device_id ?? null) as DeviceId | null;
    },

    /** Forgets what was told of messages of before that time that are over, `limit` at most; resolves with how many. */
    async erase(deviceId: DeviceId, { before, limit }: { before: Date; limit: number }): Promise<number> {
      const rows = await database.query<{ id: string }>({
        text: `select id from outbound_message where device_id = ? and wa_content is not null and created_at < ?
          and status not in ('queued', 'sending', 'held') limit ${Math.trunc(limit)}`,
        params: [deviceId, before],
      });
      if (rows.length === 0) return 0;
      await database.run({
        text: `update outbound_message set wa_content = null where id in (${rows.map(() => '?').join(', ')})`,
        params: rows.map(({ id }) => id),
      });
      return rows.length;
    },

    async keep({ deviceId, waMessageId }: SentMessageName, content: Uint8Array): Promise<void> {
      await database.run({
        text: 'update outbound_message set wa_content = ? where device_id = ? and wa_message_id = ?',
        params: [Buffer.from(content), deviceId, waMessageId],
      });
    },
  };
}
