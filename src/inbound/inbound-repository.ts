import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { StoredReceivedMessage } from '../messages/message.ts';
import { RECEIVED_COLUMNS, toReceivedValues } from '../messages/message-rows.ts';
import type { DeviceId } from '../shared/ids.ts';

/** What became of a journal entry. */
export interface TakenEntry {
  readonly hash: Uint8Array;
  readonly state: 'ingested' | 'skipped' | 'undecodable';
  /** Whether what was said goes from the journal now, or stays sealed until the entry is purged. */
  readonly content: 'erase' | 'keep';
  readonly message: StoredReceivedMessage | null;
}

/** What becomes of journal entries. Methods throw what Database throws. */
export interface InboundRepository {
  /** Stores the messages and marks the entries, all or nothing; resolves with the messages that were new. */
  take(deviceId: DeviceId, entries: readonly TakenEntry[]): Promise<StoredReceivedMessage[]>;
  /** Erases what entries older than `contentBefore` still hold and removes those older than `before`, if nobody waits for them. */
  purge(deviceId: DeviceId, limits: { before: Date; contentBefore: Date }): Promise<void>;
}

const INSERT = { table: 'received_message', columns: RECEIVED_COLUMNS };
const SETTLE = 'update inbound_journal set state = ? where device_id = ? and hash = ?';
const SETTLE_AND_ERASE =
  'update inbound_journal set state = ?, sealed = null where device_id = ? and hash = ?';
const PURGE = 'delete from inbound_journal where device_id = ? and state = ? and created_at < ?';
const ERASE = `update inbound_journal set sealed = null
  where device_id = ? and state = ? and created_at < ? and sealed is not null`;
const SETTLED_STATES = ['ingested', 'skipped', 'undecodable', 'undecryptable'];

export function createInboundRepository(database: Database): InboundRepository {
  const insert = dialectOf(database.dialect).insertIgnore(INSERT);
  return {
    async take(deviceId, entries) {
      const messages = entries.flatMap(({ message }) => message ?? []);
      const inserts = messages.map(
        (message): Statement => ({
          text: insert,
          params: toReceivedValues(message),
        }),
      );
      const settles = entries.map(
        ({ hash, state, content }): Statement => ({
          text: content === 'erase' ? SETTLE_AND_ERASE : SETTLE,
          params: [state, deviceId, hash],
        }),
      );
      const { changes } = await database.writeAtomically({ statements: [...inserts, ...settles] });
      return messages.filter((_, index) => (changes[index] ?? 0) > 0);
    },
    async purge(deviceId, { before, contentBefore }) {
      const statements = SETTLED_STATES.flatMap((state): Statement[] => [
        { text: PURGE, params: [deviceId, state, before] },
        { text: ERASE, params: [deviceId, state, contentBefore] },
      ]);
      await database.writeAtomically({ statements });
    },
  };
}
