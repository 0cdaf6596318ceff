import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';

/** What a person wrote about a device, and whose it is. */
export interface RecordNote {
  readonly deviceId: DeviceId;
  readonly recordNumber: number;
  readonly phoneNumber: string | null;
  readonly note: string | null;
  readonly userId: string | null;
}

export interface RecordRepository {
  /** By the deviceId, else by the number of the record. */
  find(name: string): Promise<RecordNote | null>;
  list(userId?: string): Promise<RecordNote[]>;
  update(
    deviceId: DeviceId,
    change: { readonly note: string | null } | { readonly userId: string | null },
  ): Promise<void>;
}

interface RecordRow {
  readonly device_id: string;
  readonly record_number: number;
  readonly phone_number: string | null;
  readonly note: string | null;
  readonly user_id: string | null;
}

const COLUMNS = 'device_id, record_number, phone_number, note, user_id';

export function createRecordRepository(options: { database: Database; clock: Clock }): RecordRepository {
  const { database, clock } = options;
  return {
    async find(name) {
      const number = /^[1-9]\d{0,8}$/.test(name) ? Number(name) : 0;
      const rows = await database.query<RecordRow>({
        text: `select ${COLUMNS} from device where device_id = ? or record_number = ?`,
        params: [name, number],
      });
      const row = rows.find(({ device_id }) => device_id === name) ?? rows[0];
      return row ? toNote(row) : null;
    },
    async list(userId) {
      const ofUser = userId === undefined ? '' : 'where user_id = ?';
      const rows = await database.query<RecordRow>({
        text: `select ${COLUMNS} from device ${ofUser} order by record_number`,
        params: userId === undefined ? [] : [userId],
      });
      return rows.map(toNote);
    },
    async update(deviceId, change) {
      const [column, value] = 'note' in change ? ['note', change.note] : ['user_id', change.userId];
      await database.run({
        text: `update device set ${column} = ?, updated_at = ? where device_id = ?`,
        params: [value, clock.now(), deviceId],
      });
    },
  };
}

function toNote(row: RecordRow): RecordNote {
  return {
    deviceId: row.device_id as DeviceId,
    recordNumber: row.record_number,
    phoneNumber: row.phone_number,
    note: row.note,
    userId: row.user_id,
  };
}
