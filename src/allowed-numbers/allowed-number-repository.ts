import type { Database, SqlValue, Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { AllowedNumber, AllowedStatus, StorageRule } from './allowed-number.ts';

export type NewAllowedNumber = Pick<AllowedNumber, 'whatsappNumber' | 'status' | 'deviceId'>;

export interface AllowedNumberFilter {
  readonly status?: AllowedStatus | undefined;
  /** Only those entered for one of these devices; null: all. */
  readonly deviceIds: readonly string[] | null;
}

export type AllowedNumberRepository = ReturnType<typeof createAllowedNumberRepository>;

/** Bodies erased in one transaction. */
const ERASED_AT_ONCE = 500;

/** Which numbers of ours may keep what. Methods throw what Database throws. */
export function createAllowedNumberRepository({ database }: { database: Database }) {
  const list = async (conditions: readonly Condition[], tail: string): Promise<AllowedNumber[]> => {
    const rows = await database.query<Row>({
      text: `select * from allowed_number ${whereOf(conditions)} ${tail}`,
      params: conditions.flatMap(([, ...values]) => values),
    });
    return rows.map(toAllowedNumber);
  };
  const findBy = async (condition: Condition) => (await list([condition], ''))[0] ?? null;

  return {
    find: (id: number) => findBy(['id = ?', id]),
    findByNumber: (whatsappNumber: string) => findBy(['whatsapp_number = ?', whatsappNumber]),

    /** The newest first. */
    list(filter: AllowedNumberFilter, { limit, offset }: { limit: number; offset: number }) {
      const tail = `order by id desc limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`;
      return list(conditionsOf(filter), tail);
    },

    async count(filter: AllowedNumberFilter): Promise<number> {
      const conditions = conditionsOf(filter);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from allowed_number ${whereOf(conditions)}`,
        params: conditions.flatMap(([, ...values]) => values),
      });
      return Number(row?.total ?? 0);
    },

    /** False when the number has a record already. */
    async add({ whatsappNumber, status, deviceId }: NewAllowedNumber, at: Date): Promise<boolean> {
      try {
        await database.run({
          text: `insert into allowed_number (whatsapp_number, status, device_id, created_at, updated_at)
            values (?, ?, ?, ?, ?)`,
          params: [whatsappNumber, status, deviceId, at, at],
        });
        return true;
      } catch (error) {
        if (error instanceof DuplicateKeyError) return false;
        throw error;
      }
    },

    /** False when there is none, or it has this status already. */
    async setStatus(id: number, status: AllowedStatus, at: Date): Promise<boolean> {
      const { changes } = await database.run({
        text: 'update allowed_number set status = ?, updated_at = ? where id = ? and status <> ?',
        params: [status, at, id, status],
      });
      return changes > 0;
    },

    /** False when there is none. */
    async remove(id: number): Promise<boolean> {
      const { changes } = await database.run({
        text: 'delete from allowed_number where id = ?',
        params: [id],
      });
      return changes > 0;
    },

    async statusOf(whatsappNumber: string): Promise<AllowedStatus | null> {
      return (await findBy(['whatsapp_number = ?', whatsappNumber]))?.status ?? null;
    },

    /** What is decided about the device's own number; `unknown`: the device, or its number, is not known. */
    async statusOfDevice(deviceId: DeviceId): Promise<AllowedStatus | 'undecided' | 'unknown'> {
      const [row] = await database.query<{ phone_number: string | null; status: AllowedStatus | null }>({
        text: `select d.phone_number, a.status from device d
          left join allowed_number a on a.whatsapp_number = d.phone_number where d.device_id = ?`,
        params: [deviceId],
      });
      return row?.phone_number == null ? 'unknown' : (row.status ?? 'undecided');
    },

    /** A condition for a transaction that keeps something under `rule`: the number is decided on as it was. */
    guard,

    /** Which devices have this number. */
    async devicesWith(whatsappNumber: string): Promise<DeviceId[]> {
      const rows = await database.query<{ device_id: string }>({
        text: 'select device_id from device where phone_number = ?',
        params: [whatsappNumber],
      });
      return rows.map(({ device_id }) => device_id as DeviceId);
    },

    /** The numbers of which nothing may be kept. */
    async withheldNumbers(): Promise<string[]> {
      const found = await list([['status = ?', 'nonaktif']], '');
      return found.map(({ whatsappNumber }) => whatsappNumber);
    },

    /**
     * Erases what the device's recent list says, and what its journal still holds and nobody needs, or has not been taken over
     * `since` then: the device is not running. In small steps, so that no other device waits for it. What a message that is
     * being stored has to say goes too: the row of the device is what both wait for.
     */
    async eraseBodies(deviceId: DeviceId, since: Date): Promise<void> {
      await database.run({
        text: 'update device set device_id = device_id where device_id = ?',
        params: [deviceId],
      });
      await database.run({
        text: "update inbound_journal set sealed = null where device_id = ? and state <> 'new' and sealed is not null",
        params: [deviceId],
      });
      await database.run({
        text: `update inbound_journal set sealed = null, state = 'skipped'
          where device_id = ? and state = 'new' and created_at < ?`,
        params: [deviceId, since],
      });
      await database.run({ text: 'delete from poll_vote where device_id = ?', params: [deviceId] });
      for (let after = ''; ; ) {
        const rows = await database.query<{ id: string }>({
          text: `select id from received_message where device_id = ? and id > ?
            and (text is not null or push_name is not null or media is not null or media_sealed is not null) order by id limit ${ERASED_AT_ONCE}`,
          params: [deviceId, after],
        });
        const ids = rows.map(({ id }) => id);
        if (ids.length === 0) return;
        await database.run({
          text: `update received_message set text = null, push_name = null, media = null, media_sealed = null
            where id in (${ids.map(() => '?').join(', ')})`,
          params: ids,
        });
        after = ids.at(-1) ?? after;
      }
    },
  };
}

type Condition = readonly [text: string, ...values: SqlValue[]];

function conditionsOf({ status, deviceIds }: AllowedNumberFilter): Condition[] {
  const conditions: Condition[] = [];
  if (status !== undefined) conditions.push(['status = ?', status]);
  if (deviceIds?.length === 0) conditions.push(['1 = 0']);
  else if (deviceIds)
    conditions.push([`device_id in (${deviceIds.map(() => '?').join(', ')})`, ...deviceIds]);
  return conditions;
}

function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `where ${conditions.map(([text]) => text).join(' and ')}`;
}

function guard(rule: StorageRule, of: { deviceId: DeviceId; whatsappNumber: string }): Statement {
  const { deviceId, whatsappNumber } = of;
  switch (rule) {
    case 'history':
      return { text: DECIDED, params: [whatsappNumber, 'aktif'] };
    case 'withheld':
      return { text: DECIDED, params: [whatsappNumber, 'nonaktif'] };
    case 'recent':
      return { text: UNDECIDED, params: [deviceId, whatsappNumber] };
  }
}

const DECIDED = 'select 1 from allowed_number where whatsapp_number = ? and status = ?';
/** Also holds the row of the device, for which `eraseBodies` waits: there is no row of the number to hold. */
const UNDECIDED = `select 1 from (select ? as device_id) x
  left join device d on d.device_id = x.device_id
  left join allowed_number a on a.whatsapp_number = ?
  where a.id is null`;

interface Row {
  readonly id: number;
  readonly whatsapp_number: string;
  readonly status: string;
  readonly device_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The words in these columns are only ever written from an AllowedNumber, so they are what its types say. */
function toAllowedNumber(row: Row): AllowedNumber {
  return {
    id: row.id,
    whatsappNumber: row.whatsapp_number,
    status: row.status as AllowedStatus,
    deviceId: row.device_id as DeviceId | null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
