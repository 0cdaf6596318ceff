import type { Database } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';

export type AlertLeaseRepository = ReturnType<typeof createAlertLeaseRepository>;

/** Who does what only one process may do, by the database's clock. Methods throw what Database throws. */
export function createAlertLeaseRepository({ database }: { database: Database }) {
  const { now, plusMs, insertIgnore } = dialectOf(database.dialect);

  return {
    /** Takes or keeps the lease for so long; false while another has it. */
    async acquire(name: string, holder: string, forMs: number): Promise<boolean> {
      const { changes } = await database.run({
        text: `update alert_lease set holder = ?, expires_at = ${plusMs(now)}
          where name = ? and (holder = ? or expires_at <= ${now})`,
        params: [holder, forMs, name, holder],
      });
      if (changes === 1) return true;
      const added = await database.run({
        text: insertIgnore({
          table: 'alert_lease',
          columns: ['name', 'holder', 'expires_at'],
          row: `(?, ?, ${plusMs(now)})`,
        }),
        params: [name, holder, forMs],
      });
      return added.changes === 1;
    },

    async release(name: string, holder: string): Promise<void> {
      await database.run({
        text: 'delete from alert_lease where name = ? and holder = ?',
        params: [name, holder],
      });
    },

    /** Whether some process has it now. */
    async isHeld(name: string): Promise<boolean> {
      const rows = await database.query({
        text: `select 1 from alert_lease where name = ? and expires_at > ${now}`,
        params: [name],
      });
      return rows.length > 0;
    },
  };
}
