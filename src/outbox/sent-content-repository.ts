import type { Database } from '../database/database.ts';
import type { SentMessageName } from '../whatsapp/outgoing.ts';

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

    async keep({ deviceId, waMessageId }: SentMessageName, content: Uint8Array): Promise<void> {
      await database.run({
        text: 'update outbound_message set wa_content = ? where device_id = ? and wa_message_id = ?',
        params: [Buffer.from(content), deviceId, waMessageId],
      });
    },
  };
}
