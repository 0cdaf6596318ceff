import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DisabledReason } from './webhook.ts';

export type EndpointHealthRepository = ReturnType<typeof createEndpointHealthRepository>;

/** Whether receivers take what they are sent. Methods throw what Database throws. */
export function createEndpointHealthRepository({ database }: { database: Database }) {
  const { now, plusMs } = dialectOf(database.dialect);

  return {
    /** False when it was disabled already, or is gone. */
    async disable(id: string, reason: DisabledReason): Promise<boolean> {
      const { changes } = await database.run(disableStatement(id, reason));
      return changes === 1;
    },

    /** Disables it if nothing was taken for so many ms; says whether it did. */
    async disableIfFailing(id: string, forMs: number): Promise<boolean> {
      const disabling = disableStatement(id, 'failing');
      const { changes } = await database.run({
        text: `${disabling.text} and ${plusMs('failing_since')} <= ${now}`,
        params: [...disabling.params, forMs],
      });
      return changes === 1;
    },

    /** The receiver took something: whatever failed before is over. False when nothing had. */
    async noteTaken(id: string): Promise<boolean> {
      const { changes } = await database.run({
        text: 'update webhook_endpoint set failing_since = null where id = ? and failing_since is not null',
        params: [id],
      });
      return changes === 1;
    },

    /** The receiver took nothing. False when that was known. */
    async noteFailed(id: string): Promise<boolean> {
      const { changes } = await database.run({
        text: `update webhook_endpoint set failing_since = ${now} where id = ? and failing_since is null`,
        params: [id],
      });
      return changes === 1;
    },
  };

  function disableStatement(id: string, reason: DisabledReason): Statement {
    return {
      text: `update webhook_endpoint set status = 'disabled', disabled_at = ${now}, disabled_reason = ?,
        updated_at = ${now} where id = ? and status = 'enabled'`,
      params: [reason, id],
    };
  }
}
