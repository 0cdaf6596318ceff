import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId } from '../shared/ids.ts';

/** A process as the other processes see it. `bootId` is new with each start, and after each lapse. */
export interface NodeIdentity {
  readonly nodeId: string;
  readonly bootId: string;
}

/** SQL of nodes and leases. Only the database's clock is asked. Methods throw what Database throws. */
export function createLeaseRepository(database: Database, { ttlMs }: { ttlMs: number }) {
  const { now, plusMs, insertIgnore } = dialectOf(database.dialect);
  const expiry = plusMs(now);
  /** True for a lease that no living process holds: released, lapsed, or left by an earlier boot of its node. */
  const isFree = (lease: string) => `(${lease}.boot_id is null or not exists (select 1 from node n
    where n.node_id = ${lease}.node_id and n.boot_id = ${lease}.boot_id and n.expires_at > ${now}))`;
  const alive = ({ nodeId, bootId }: NodeIdentity): Statement => ({
    text: `select 1 from node where node_id = ? and boot_id = ? and expires_at > ${now}`,
    params: [nodeId, bootId],
  });

  return {
    /**
     * Takes the name for this boot. False when a living process of another machine has it: only for the same machine does
     * the slot's lock prove that the former owner is dead.
     */
    async register({ nodeId, bootId, machineId }: NodeIdentity & { machineId: string }): Promise<boolean> {
      const never = new Date(0);
      const columns = ['node_id', 'boot_id', 'machine_id', 'started_at', 'expires_at'];
      const { changes } = await database.writeAtomically({
        statements: [
          {
            text: insertIgnore({ table: 'node', columns }),
            params: [nodeId, bootId, machineId, never, never],
          },
          {
            text: `update node set boot_id = ?, started_at = ${now}, expires_at = ${expiry},
              machine_id = ? where node_id = ? and (machine_id = ? or expires_at <= ${now})`,
            params: [bootId, ttlMs, machineId, nodeId, machineId],
          },
        ],
      });
      return changes[1] === 1;
    },

    /** False when the row lapsed or is gone: then nothing is ours any more. */
    async renew({ nodeId, bootId }: NodeIdentity): Promise<boolean> {
      const { changes } = await database.run({
        text: `update node set expires_at = ${expiry} where node_id = ? and boot_id = ? and expires_at > ${now}`,
        params: [ttlMs, nodeId, bootId],
      });
      return changes === 1;
    },

    /** The other living nodes of this machine. */
    siblings({ nodeId, machineId }: { nodeId: string; machineId: string }): Promise<NodeIdentity[]> {
      return database.query({
        text: `select node_id as nodeId, boot_id as bootId from node
          where machine_id = ? and node_id <> ? and expires_at > ${now}`,
        params: [machineId, nodeId],
      });
    },

    /** Removes the row of a process that is proven dead, so that its leases are free at once. */
    async bury({ nodeId, bootId }: NodeIdentity): Promise<void> {
      await database.run({
        text: 'delete from node where node_id = ? and boot_id = ?',
        params: [nodeId, bootId],
      });
    },

    /** Epochs of the leases that are stored as ours. */
    async leasesOf({ bootId }: NodeIdentity): Promise<Map<string, number>> {
      const rows = await database.query<{ device_id: string; epoch: number | string }>({
        text: 'select device_id, epoch from device_lease where boot_id = ?',
        params: [bootId],
      });
      return new Map(rows.map(({ device_id, epoch }) => [device_id, Number(epoch)]));
    },

    async ownerOf(
      deviceId: DeviceId,
    ): Promise<{ bootId: string | null; nodeId: string; epoch: number } | null> {
      const [row] = await database.query<{ boot_id: string | null; node_id: string | null; epoch: number }>({
        text: 'select boot_id, node_id, epoch from device_lease where device_id = ?',
        params: [deviceId],
      });
      return row ? { bootId: row.boot_id, nodeId: row.node_id ?? '', epoch: Number(row.epoch) } : null;
    },

    /**
     * Takes a lease that is free, or ours, under the next epoch: one winner among many. False when it is not free or
     * has no row yet. Throws FencedError when this node itself has lapsed.
     */
    async take(deviceId: DeviceId, me: NodeIdentity): Promise<boolean> {
      const { changes } = await database.writeAtomically({
        guard: alive(me),
        statements: [
          {
            text: `update device_lease set node_id = ?, boot_id = ?, epoch = epoch + 1, updated_at = ${now}
              where device_id = ? and (boot_id = ? or ${isFree('device_lease')})`,
            params: [me.nodeId, me.bootId, deviceId, me.bootId],
          },
        ],
      });
      return changes[0] === 1;
    },

    /** Makes the row that `take` needs; harmless when it is there. */
    async prepare(deviceId: DeviceId): Promise<void> {
      await database.run({
        text: insertIgnore({ table: 'device_lease', columns: ['device_id', 'epoch', 'updated_at'] }),
        params: [deviceId, 0, new Date(0)],
      });
    },

    async release(deviceId: DeviceId, { bootId }: NodeIdentity): Promise<void> {
      await database.run({
        text: `update device_lease set node_id = null, boot_id = null, updated_at = ${now}
          where device_id = ? and boot_id = ?`,
        params: [deviceId, bootId],
      });
    },

    /** Everything at once, and the node itself. */
    async leave({ nodeId, bootId }: NodeIdentity): Promise<void> {
      await database.writeAtomically({
        statements: [
          {
            text: `update device_lease set node_id = null, boot_id = null, updated_at = ${now} where boot_id = ?`,
            params: [bootId],
          },
          { text: 'delete from node where node_id = ? and boot_id = ?', params: [nodeId, bootId] },
        ],
      });
    },

    /** Devices that should run and whose lease is free, or stored as ours. */
    async wanted({ bootId }: NodeIdentity): Promise<DeviceId[]> {
      const rows = await database.query<{ device_id: DeviceId }>({
        text: `select d.device_id from device d left join device_lease l on l.device_id = d.device_id
          where d.desired = 'running' and (l.device_id is null or l.boot_id = ? or ${isFree('l')})
          order by d.device_id`,
        params: [bootId],
      });
      return rows.map(({ device_id }) => device_id);
    },
  };
}

export type LeaseRepository = ReturnType<typeof createLeaseRepository>;
