import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { MediaSealer } from '../media/received-media-sealer.ts';
import type { StoredReceivedMessage } from '../messages/message.ts';
import { RECEIVED_COLUMNS, toReceivedValues } from '../messages/message-rows.ts';
import type { DeviceId } from '../shared/ids.ts';

/** What became of a journal entry. */
export interface TakenEntry {
  readonly hash: Uint8Array;
  readonly state: 'ingested' | 'skipped' | 'undecodable';
  /** Whether what was said goes from the journal now, or stays sealed until the entry is purged. */
  readonly content: 'erase' | 'keep';
}

/** What is written together, or not at all. */
export interface Taking {
  readonly messages: readonly StoredReceivedMessage[];
  readonly entries: readonly TakenEntry[];
  /** What else is kept of the messages; written after them. */
  readonly beside: readonly Statement[];
  /** Written last. */
  readonly events: readonly Statement[];
  /** What must still hold. */
  readonly guard: Statement | undefined;
}

/** What becomes of what devices received. Methods throw what Database throws. */
export interface InboundRepository {
  /** Resolves with the messages that were new. Throws FencedError when the guard does not hold. */
  take(deviceId: DeviceId, taking: Taking): Promise<StoredReceivedMessage[]>;
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

export function createInboundRepository(
  database: Database,
  { seal }: Pick<MediaSealer, 'seal'>,
): InboundRepository {
  const insert = dialectOf(database.dialect).insertIgnore(INSERT);
  return {
    async take(deviceId, { messages, entries, beside, events, guard }) {
      const inserts = messages.map(
        (message): Statement => ({
          text: insert,
          params: toReceivedValues(
            message,
            message.mediaSecret ? seal(message.mediaSecret(), message.id) : null,
          ),
        }),
      );
      const settles = entries.map(
        ({ hash, state, content }): Statement => ({
          text: content === 'erase' ? SETTLE_AND_ERASE : SETTLE,
          params: [state, deviceId, hash],
        }),
      );
      const statements = [...inserts, ...beside, ...settles, ...events];
      const { changes } = await database.writeAtomically({ guard, statements });
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
