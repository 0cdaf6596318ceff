import { parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { SealBrokenError } from '../shared/sealed-box.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { MediaSecret } from '../whatsapp/media-secret.ts';
import type { MessageMedia } from '../whatsapp/socket.ts';
import type { MediaSealer } from './received-media-sealer.ts';

/** A received message, as far as its file is concerned. */
export interface MediaMessage {
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
  readonly chat: Jid;
  readonly participant: Jid | null;
  readonly fromMe: boolean;
  readonly type: string;
  readonly media: MessageMedia | null;
  /** What opens the file, and as it is kept; null where nothing is attached, and where it was not kept. */
  readonly key: { readonly secret: MediaSecret; readonly sealed: Uint8Array } | null;
}

export type ReceivedMediaRepository = ReturnType<typeof createReceivedMediaRepository>;

interface RepositoryDeps {
  readonly database: Database;
  readonly sealer: MediaSealer;
}

const COLUMNS = 'id, device_id, wa_message_id, chat_jid, participant_jid, from_me, type, media, media_sealed';
/** Rows sealed anew at a time. */
const AT_ONCE = 500;

/** Which files devices received, and what opens them. Methods throw what Database throws. */
export function createReceivedMediaRepository({ database, sealer }: RepositoryDeps) {
  const one = async (condition: string, params: readonly SqlValue[]): Promise<MediaMessage | null> => {
    const [row] = await database.query<Row>({
      text: `select ${COLUMNS} from received_message where ${condition} order by id desc limit 1`,
      params,
    });
    if (!row) return null;
    const { media_sealed: sealed } = row;
    const secret = sealed && openOrNull(sealed, row.id);
    return toMediaMessage(row, sealed && secret ? { sealed, secret } : null);
  };
  /** A row that no key opens has lost its file, and nothing else. */
  const openOrNull = (sealed: Uint8Array, id: string): MediaSecret | null => {
    try {
      return sealer.open(sealed, id);
    } catch (error) {
      if (error instanceof SealBrokenError) return null;
      throw error;
    }
  };

  return {
    /** By our id; or by WhatsApp's, the newest. A file that no key opens any more is none. */
    async find(deviceId: DeviceId, messageId: string): Promise<MediaMessage | null> {
      const byId = await one('device_id = ? and id = ?', [deviceId, messageId]);
      return byId ?? (await one('device_id = ? and wa_message_id = ?', [deviceId, messageId]));
    },

    /** The file is where `secret` says now, and not where it was `sealed` to be. Nothing happens when it was erased meanwhile. */
    async moved(id: string, { sealed, secret }: NonNullable<MediaMessage['key']>): Promise<void> {
      await database.run(replacement(id, sealed, sealer.seal(secret, id)));
    },

    /** Seals everything under the current master key, so that an earlier one may be forgotten. Repeatable. */
    async reseal(): Promise<void> {
      for (let after = '', count = AT_ONCE; count === AT_ONCE; ) {
        const rows = await database.query<Pick<Row, 'id'> & { media_sealed: Uint8Array }>({
          text: `select id, media_sealed from received_message
            where id > ? and media_sealed is not null order by id limit ${AT_ONCE}`,
          params: [after],
        });
        count = rows.length;
        after = rows.at(-1)?.id ?? after;
        const statements = rows.flatMap(({ id, media_sealed: sealed }) => {
          const secret = openOrNull(sealed, id);
          return secret ? [replacement(id, sealed, sealer.seal(secret, id))] : [];
        });
        await database.writeAtomically({ statements });
      }
    },
  };
}

function replacement(id: string, from: Uint8Array, to: Uint8Array): Statement {
  return {
    text: 'update received_message set media_sealed = ? where id = ? and media_sealed = ?',
    params: [to, id, from],
  };
}

interface Row {
  readonly id: string;
  readonly device_id: string;
  readonly wa_message_id: string;
  readonly chat_jid: string;
  readonly participant_jid: string;
  readonly from_me: number;
  readonly type: string;
  readonly media: unknown;
  readonly media_sealed: Uint8Array | null;
}

function toMediaMessage(row: Row, key: MediaMessage['key']): MediaMessage {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    waMessageId: row.wa_message_id as WaMessageId,
    chat: row.chat_jid as Jid,
    participant: row.participant_jid === '' ? null : (row.participant_jid as Jid),
    fromMe: row.from_me === 1,
    type: row.type,
    media: parseJsonColumn(row.media) as MessageMedia | null,
    key,
  };
}
