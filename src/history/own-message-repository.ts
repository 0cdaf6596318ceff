import { clip } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { type OutboundMessage, withoutSecrets } from '../outbox/outbox-message.ts';
import { type OutboxRow, toOutboundMessage } from '../outbox/outbox-rows.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { type Jid, withoutDevice } from '../whatsapp/jid.ts';
import type { ReceiptKind } from '../whatsapp/socket.ts';
import type { Account } from './history-entry.ts';

/** A message this server sent, of a device whose history is kept. */
export interface OwnMessage {
  readonly message: OutboundMessage;
  readonly account: Account;
}

/** A device whose history is kept, and from when on. */
export interface KeptDevice {
  readonly deviceId: DeviceId;
  readonly account: Account;
  readonly keptFrom: Date;
}

export interface OwnMessageName {
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}

export type OwnMessageRepository = ReturnType<typeof createOwnMessageRepository>;

/** What this server sent, for history. Methods throw what Database throws. */
export function createOwnMessageRepository({ database }: { database: Database }) {
  // Without it a database may walk all messages there ever were, in the order of the answer.
  const byTime = dialectOf(database.dialect).forceIndex(
    'outbound_message',
    'outbound_message_device_id_sending_at_lane_idx',
  );
  return {
    /** Those of the messages that WhatsApp has and that may be kept. */
    async find(names: readonly OwnMessageName[]): Promise<OwnMessage[]> {
      const which = names.map(() => '(outbound_message.device_id = ? and wa_message_id = ?)').join(' or ');
      const rows = await database.query<OutboxRow & { own_number: string; own_lid: string | null }>({
        text: `select ${OWN} from ${KEPT}
          where (${which}) and ${PROVEN} order by outbound_message.id`,
        params: names.flatMap(({ deviceId, waMessageId }) => [deviceId, waMessageId]),
      });
      return rows.map((row) => ({
        message: withoutSecrets(toOutboundMessage(row)),
        account: accountOfRow(row.own_number, row.own_lid),
      }));
    },

    /** The devices whose history is kept, after this one in the order of ids. */
    async keptDevices(after: DeviceId | null, limit: number): Promise<KeptDevice[]> {
      const rows = await database.query<{
        device_id: string;
        phone_number: string;
        lid: string | null;
        updated_at: Date;
      }>({
        text: `select d.device_id, d.phone_number, d.lid, a.updated_at from device d
          join allowed_number a on a.whatsapp_number = d.phone_number and a.status = 'aktif'
          where d.device_id > ? order by d.device_id limit ${Math.trunc(limit)}`,
        params: [after ?? ''],
      });
      return rows.map((row) => ({
        deviceId: row.device_id as DeviceId,
        account: accountOfRow(row.phone_number, row.lid),
        keptFrom: row.updated_at,
      }));
    },

    /**
     * Messages of the device begun since then that may be kept and are not in history as they are, after this one; `limit` at
     * most. Those that change others come again.
     */
    async missing(
      { deviceId, account, keptFrom }: KeptDevice,
      { since, after, limit }: { since: Date; after: string; limit: number },
    ): Promise<OwnMessage[]> {
      const rows = await database.query<OutboxRow>({
        text: `select outbound_message.* from ${byTime}
          left join history_message h
            on h.device_id = outbound_message.device_id and h.wa_message_id = outbound_message.wa_message_id
              and h.direction = 'out'
          where outbound_message.device_id = ? and sending_at >= ? and outbound_message.id > ?
            and ${PROVEN_AT} >= ? and ${PROVEN}
            and (h.id is null or h.status is null or h.status <> outbound_message.status)
          order by outbound_message.id limit ${Math.trunc(limit)}`,
        params: [deviceId, since, after, keptFrom],
      });
      return rows.map((row) => ({ message: withoutSecrets(toOutboundMessage(row)), account }));
    },

    /** Those of the devices whose history is kept. */
    async keptAmong(deviceIds: readonly DeviceId[]): Promise<DeviceId[]> {
      if (deviceIds.length === 0) return [];
      const rows = await database.query<{ device_id: string }>({
        text: `select d.device_id from device d
          join allowed_number a on a.whatsapp_number = d.phone_number and a.status = 'aktif'
          where d.device_id in (${deviceIds.map(() => '?').join(', ')})`,
        params: deviceIds,
      });
      return rows.map(({ device_id }) => device_id as DeviceId);
    },

    /** Moves messages of ours on, never back. */
    advance(
      deviceId: DeviceId,
      { ids, status }: { ids: readonly WaMessageId[]; status: ReceiptKind },
    ): Statement {
      const params: SqlValue[] = [status, deviceId, ...ids.map((id) => clip(id, 64))];
      return {
        text: `update history_message set status = ? where device_id = ? and direction = 'out'
          and wa_message_id in (${ids.map(() => '?').join(', ')}) and (status is null or status in (${BELOW[status]}))`,
        params,
      };
    },
  };
}

const PROVEN_AT = 'coalesce(acked_at, delivered_at, read_at, sending_at)';
/** What came to WhatsApp before the number was switched on is not kept. */
const KEPT = `outbound_message join device d on d.device_id = outbound_message.device_id
  join allowed_number a on a.whatsapp_number = d.phone_number and a.status = 'aktif' and ${PROVEN_AT} >= a.updated_at`;
const OWN = 'outbound_message.*, d.phone_number as own_number, d.lid as own_lid';
const PROVEN = "outbound_message.status in ('server_ack', 'delivered', 'read', 'played')";
const BELOW: Readonly<Record<ReceiptKind, string>> = {
  delivered: "'server_ack'",
  read: "'server_ack', 'delivered'",
  played: "'server_ack', 'delivered', 'read'",
};

function accountOfRow(number: string, lid: string | null): Account {
  return { number, lid: lid === null ? null : withoutDevice(lid as Jid) };
}
