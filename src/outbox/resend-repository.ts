import type { Database } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';

interface SentMessageName {
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}

/** How often each address that could not decrypt a message of ours asked for it and got it again; lives with the message. */
export interface ResendRepository {
  /** By address; empty when nobody asked, and for messages that are not ours. */
  read(message: SentMessageName): Promise<Readonly<Record<string, number>>>;
  /** Takes the place of what was known. */
  write(message: SentMessageName, counts: Readonly<Record<string, number>>): Promise<void>;
}

/** Methods throw what Database throws. */
export function createResendRepository({ database }: { database: Database }): ResendRepository {
  return {
    async read({ deviceId, waMessageId }) {
      const [row] = await database.query<{ resends: string | null }>({
        text: 'select resends from outbound_message where device_id = ? and wa_message_id = ?',
        params: [deviceId, waMessageId],
      });
      return row?.resends ? (JSON.parse(row.resends) as Record<string, number>) : {};
    },
    async write({ deviceId, waMessageId }, counts) {
      await database.run({
        text: 'update outbound_message set resends = ? where device_id = ? and wa_message_id = ?',
        params: [JSON.stringify(counts), deviceId, waMessageId],
      });
    },
  };
}
