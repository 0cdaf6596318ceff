import type { Database } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId } from '../shared/ids.ts';

/** Reads leases for processes that hold none. Throws what Database throws. */
export function createOwnerRepository(database: Database) {
  const { now } = dialectOf(database.dialect);
  return {
    async nodeOf(deviceId: DeviceId): Promise<string | null> {
      const [row] = await database.query<{ node_id: string }>({
        text: `select n.node_id from device_lease l join node n on n.node_id = l.node_id and n.boot_id = l.boot_id
          where l.device_id = ? and n.expires_at > ${now}`,
        params: [deviceId],
      });
      return row?.node_id ?? null;
    },

    /** Whether a node that lives owns the device, and the device was connected when it last stored its state. */
    async isConnected(deviceId: DeviceId): Promise<boolean> {
      const rows = await database.query({
        text: `select 1 from device d join device_lease l on l.device_id = d.device_id
          join node n on n.node_id = l.node_id and n.boot_id = l.boot_id
          where d.device_id = ? and d.last_status = 'connected' and n.expires_at > ${now}`,
        params: [deviceId],
      });
      return rows.length > 0;
    },

    async liveNodes(): Promise<string[]> {
      const rows = await database.query<{ node_id: string }>({
        text: `select node_id from node where expires_at > ${now} order by node_id`,
        params: [],
      });
      return rows.map(({ node_id }) => node_id);
    },
  };
}
