import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { historyStatements } from './history-statements.ts';
import { type Identity, identityStatements } from './identity-statements.ts';

export type HistoryRepository = ReturnType<typeof createHistoryRepository>;

/** What names a received message within its device. */
export interface ReceivedName {
  readonly chat: string;
  readonly participant: string;
  readonly fromMe: boolean;
  readonly waMessageId: string;
}

const ASKED_AT_ONCE = 500;

/** The rows of history. Methods throw what Database throws. */
export function createHistoryRepository({ database }: { database: Database }) {
  const dialect = dialectOf(database.dialect);
  // Left to itself SQLite takes the index of identities, which has every column that is asked for, and reads all of the device.
  const receivedById = dialect.forceIndex('received_message', 'received_message_wa_message_id_idx');
  const keptById = dialect.forceIndex('history_message', 'history_message_wa_message_id_idx');

  /** Those of `values` for which the query, given as text with `values` in it, finds a row. */
  const among = async <Value extends string>(
    values: readonly Value[],
    ask: (places: string) => Omit<Statement, 'params'> & { before: readonly SqlValue[] },
  ): Promise<Value[]> => {
    const found: Value[] = [];
    for (let from = 0; from < values.length; from += ASKED_AT_ONCE) {
      const some = values.slice(from, from + ASKED_AT_ONCE);
      const { text, before } = ask(some.map(() => '?').join(', '));
      const rows = await database.query<{ value: Value }>({ text, params: [...before, ...some] });
      found.push(...rows.map(({ value }) => value));
    }
    return found;
  };

  return {
    ...historyStatements(dialect),
    ...identityStatements(dialect),

    /** All or nothing, and only while the guard holds. */
    async write(statements: readonly Statement[], guard?: Statement): Promise<void> {
      if (statements.length > 0) await database.writeAtomically({ guard, statements });
    },

    /** What the device knows of these hidden ids. */
    async identities(deviceId: DeviceId, lids: readonly Jid[]): Promise<Identity[]> {
      if (lids.length === 0) return [];
      const rows = await database.query<{ lid: string; phone_number: string }>({
        text: `select lid, phone_number from identity where device_id = ? and lid in (${lids.map(() => '?').join(', ')})`,
        params: [deviceId, ...lids],
      });
      return rows.map(({ lid, phone_number }) => ({ lid: lid as Jid, number: phone_number }));
    },

    /** Those of the hidden ids under which something is kept. */
    async keptUnder(deviceId: DeviceId, lids: readonly Jid[]): Promise<Jid[]> {
      const before = [deviceId];
      const chats = await among(lids, (places) => ({
        text: `select chat_jid as value from chat where device_id = ? and chat_jid in (${places})`,
        before,
      }));
      const authors = await among(lids, (places) => ({
        text: `select distinct participant_jid as value from history_message
          where device_id = ? and participant_jid in (${places})`,
        before,
      }));
      return [...new Set([...chats, ...authors])];
    },

    /** What the device has received under these ids, which two chats may share. */
    async receivedUnder(deviceId: DeviceId, ids: readonly WaMessageId[]): Promise<ReceivedName[]> {
      if (ids.length === 0) return [];
      const rows = await database.query<{
        chat_jid: string;
        participant_jid: string;
        from_me: number;
        wa_message_id: string;
      }>({
        text: `select chat_jid, participant_jid, from_me, wa_message_id from ${receivedById}
          where device_id = ? and wa_message_id in (${ids.map(() => '?').join(', ')})`,
        params: [deviceId, ...ids],
      });
      return rows.map((row) => ({
        chat: row.chat_jid,
        participant: row.participant_jid,
        fromMe: row.from_me === 1,
        waMessageId: row.wa_message_id,
      }));
    },

    /** Those of the messages that are in history. */
    keptAmong: (deviceId: DeviceId, ids: readonly WaMessageId[]) =>
      among(ids, (places) => ({
        text: `select distinct wa_message_id as value from ${keptById}
          where device_id = ? and wa_message_id in (${places})`,
        before: [deviceId],
      })),

    /** How many messages of the device the phone told afterwards. */
    async countSynced(deviceId: DeviceId): Promise<number> {
      const [row] = await database.query<{ total: number }>({
        text: "select count(*) as total from history_message where device_id = ? and source = 'sync'",
        params: [deviceId],
      });
      return Number(row?.total ?? 0);
    },

    /** Chats kept under a hidden id whose number is known: what several processes wrote at once may leave. */
    async strayChats(limit: number): Promise<{ deviceId: DeviceId; identity: Identity }[]> {
      const rows = await database.query<{ device_id: string; lid: string; phone_number: string }>({
        text: `select c.device_id, i.lid, i.phone_number from chat c
          join identity i on i.device_id = c.device_id and i.lid = c.chat_jid limit ${Math.trunc(limit)}`,
        params: [],
      });
      return rows.map(({ device_id, lid, phone_number }) => ({
        deviceId: device_id as DeviceId,
        identity: { lid: lid as Jid, number: phone_number },
      }));
    },
  };
}
