import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { powersOfTwo } from '../database/powers-of-two.ts';
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
const PURGE = 'delete from inbound_journal where device_id = ? and state = ? and created_at < ?';
const ERASE = `update inbound_journal set sealed = null
  where device_id = ? and state = ? and created_at < ? and sealed is not null`;
const SETTLED_STATES = ['ingested', 'skipped', 'undecodable', 'undecryptable'];

export function createInboundRepository(
  database: Database,
  { seal }: Pick<MediaSealer, 'seal'>,
): InboundRepository {
  const { insertIgnore } = dialectOf(database.dialect);
  const valuesOf = (message: StoredReceivedMessage) =>
    toReceivedValues(message, message.mediaSecret ? seal(message.mediaSecret(), message.id) : null);
  const insert = (messages: readonly StoredReceivedMessage[]): Statement => ({
    text: insertIgnore({ ...INSERT, rows: messages.length }),
    params: messages.flatMap(valuesOf),
  });
  /** Their ids are new, so whatever row has one is theirs. */
  const storedAmong = async (messages: readonly StoredReceivedMessage[]) => {
    const ids = messages.map(({ id }) => id);
    const rows = await database.query<{ id: string }>({
      text: `select id from received_message where id in (${placesFor(ids)})`,
      params: ids,
    });
    const stored = new Set(rows.map(({ id }) => id));
    return messages.filter(({ id }) => stored.has(id));
  };
  return {
    async take(deviceId, { messages, entries, beside, events, guard }) {
      const inserts = powersOfTwo(messages).map(insert);
      const statements = [...inserts, ...beside, ...settlements(deviceId, entries), ...events];
      const { changes } = await database.writeAtomically({ guard, statements });
      const added = changes.slice(0, inserts.length).reduce((sum, count) => sum + count, 0);
      if (added === 0) return [];
      return added === messages.length ? [...messages] : storedAmong(messages);
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

/** Those that end alike together. */
function settlements(deviceId: DeviceId, entries: readonly TakenEntry[]): Statement[] {
  const alike = Map.groupBy(entries, ({ state, content }) => `${state} ${content}`);
  return [...alike.values()].flatMap((group) =>
    powersOfTwo(group).map((some): Statement => {
      const [first] = some;
      const erasing = first?.content === 'erase' ? ', sealed = null' : '';
      return {
        text: `update inbound_journal set state = ?${erasing} where device_id = ? and hash in (${placesFor(some)})`,
        params: [first?.state ?? null, deviceId, ...some.map(({ hash }) => hash)],
      };
    }),
  );
}

function placesFor(items: readonly unknown[]): string {
  return items.map(() => '?').join(', ');
}
