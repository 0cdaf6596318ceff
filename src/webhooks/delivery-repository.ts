import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { FencedError } from '../shared/errors.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import type { Attempt, ClaimedDelivery, NewDelivery } from './delivery.ts';
import { type DeliveryRow, toDelivery } from './webhook-rows.ts';

/** Events that endpoints have come to, and how far that brings them. */
export interface FanOut {
  /** All of them are at `fromSeq`. */
  readonly endpointIds: readonly string[];
  readonly fromSeq: number;
  readonly toSeq: number;
  /** What this process attempts at once. */
  readonly claimed: readonly NewDelivery[];
  readonly waiting: readonly NewDelivery[];
}

/** The end of an attempt as its rows tell it. */
export interface Settlement {
  readonly delivery: ClaimedDelivery;
  readonly outcome: AttemptOutcome;
  readonly attempt: Attempt;
  readonly attemptId: string;
  /** Milliseconds until the next one; null when there is none. */
  readonly waitMs: number | null;
}

/** A claim lasts so long unless it is renewed: an attempt whose process died is made again after this. */
const CLAIM_MS = 6_000;

const INSERTED_AT_ONCE = 50;

export type DeliveryRepository = ReturnType<typeof createDeliveryRepository>;

/** The rows of deliveries, as the workers move them on. Methods throw what Database throws. */
export function createDeliveryRepository({ database }: { database: Database }) {
  const { now, plusMs } = dialectOf(database.dialect);

  return {
    /**
     * Makes the deliveries and moves the cursors, in one transaction. False, and nothing happened, when one of the cursors was
     * not where it was believed to be, or its endpoint is disabled or gone.
     */
    async fanOut({ endpointIds, fromSeq, toSeq, claimed, waiting }: FanOut): Promise<boolean> {
      const where = `id in (${endpointIds.map(() => '?').join(', ')}) and cursor_seq = ? and status = 'enabled'`;
      const guard = {
        text: `select cursor_seq from webhook_endpoint where ${where} group by cursor_seq having count(*) = ?`,
        params: [...endpointIds, fromSeq, endpointIds.length],
      };
      const advance = {
        text: `update webhook_endpoint set cursor_seq = ? where ${where}`,
        params: [toSeq, ...endpointIds, fromSeq],
      };
      const inserts = [...insertStatements(claimed, 'sending'), ...insertStatements(waiting, 'pending')];
      try {
        await database.writeAtomically({ guard, statements: [advance, ...inserts] });
        return true;
      } catch (error) {
        if (error instanceof FencedError) return false;
        throw error;
      }
    },

    /** Takes up to `limit` of what is due for an endpoint, the longest due first, so that no other process attempts it. */
    async claimDue(endpointId: string, limit: number): Promise<ClaimedDelivery[]> {
      const due = (status: string) =>
        `select * from (select * from webhook_delivery where endpoint_id = ? and status = '${status}'
          and next_attempt_at <= ${now} order by next_attempt_at, id limit ${Math.trunc(limit)}) ${status}_ones`;
      const rows = await database.query<DeliveryRow>({
        text: `${due('pending')} union all ${due('sending')}`,
        params: [endpointId, endpointId],
      });
      const found = rows.map(toDelivery).slice(0, limit);
      if (found.length === 0) return [];
      const { changes } = await database.writeAtomically({ statements: found.map(claimStatement) });
      return found
        .filter((_, index) => changes[index] === 1)
        .map((delivery) => ({ ...delivery, attempts: delivery.attempts + 1 }));
    },

    /** The attempt is still under way. Does nothing for a claim that somebody else has by now. */
    async renew({ id, attempts }: Pick<ClaimedDelivery, 'id' | 'attempts'>): Promise<void> {
      await database.run({
        text: `update webhook_delivery set next_attempt_at = ${plusMs(now)}
          where id = ? and attempts = ? and status = 'sending'`,
        params: [CLAIM_MS, id, attempts],
      });
    },

    /**
     * Stores how attempts ended. False for one that is not this process's any more: its claim had run out, and another
     * attempt decides.
     */
    async settle(settlements: readonly Settlement[]): Promise<boolean[]> {
      const statements = settlements.flatMap((each) => [settleStatement(each), attemptStatement(each)]);
      const { changes } = await database.writeAtomically({ statements });
      return settlements.map((_, index) => changes[2 * index] === 1);
    },

    /** Enabled endpoints for which something is due. */
    async due(): Promise<string[]> {
      const isDue = (status: string) =>
        `exists (select 1 from webhook_delivery where endpoint_id = webhook_endpoint.id and status = '${status}'
          and next_attempt_at <= ${now})`;
      const rows = await database.query<{ id: string }>({
        text: `select id from webhook_endpoint
          where status = 'enabled' and (${isDue('pending')} or ${isDue('sending')})`,
        params: [],
      });
      return rows.map(({ id }) => id);
    },
  };

  function insertStatements(deliveries: readonly NewDelivery[], status: 'pending' | 'sending'): Statement[] {
    const isClaimed = status === 'sending';
    const row = `(?, ?, ?, ?, ?, ?, '${status}', ${isClaimed ? 1 : 0}, ${plusMs(now)}, ${now}, ${now})`;
    const statements: Statement[] = [];
    for (let from = 0; from < deliveries.length; from += INSERTED_AT_ONCE) {
      const some = deliveries.slice(from, from + INSERTED_AT_ONCE);
      statements.push({
        text: `insert into webhook_delivery (id, endpoint_id, event_seq, event_id, event_type, device_id, status,
          attempts, next_attempt_at, created_at, updated_at) values ${some.map(() => row).join(', ')}`,
        params: some.flatMap(({ id, endpointId, eventSeq, eventId, eventType, deviceId }) => [
          id,
          endpointId,
          eventSeq,
          eventId,
          eventType,
          deviceId,
          isClaimed ? CLAIM_MS : 0,
        ]),
      });
    }
    return statements;
  }

  function claimStatement({ id, attempts }: Pick<ClaimedDelivery, 'id' | 'attempts'>): Statement {
    return {
      text: `update webhook_delivery set status = 'sending', attempts = attempts + 1, next_attempt_at = ${plusMs(now)},
        updated_at = ${now}
        where id = ? and attempts = ? and status in ('pending', 'sending') and next_attempt_at <= ${now}`,
      params: [CLAIM_MS, id, attempts],
    };
  }

  function settleStatement({ delivery, outcome, attempt, waitMs }: Settlement): Statement {
    const { durationMs, statusCode, error } = attempt;
    const isDelivered = outcome.kind === 'delivered';
    const status = isDelivered ? 'delivered' : waitMs === null ? 'failed' : 'pending';
    return {
      text: `update webhook_delivery set status = ?, next_attempt_at = ${waitMs === null ? 'null' : plusMs(now)},
        last_status_code = ?, last_error = ?, last_duration_ms = ?, updated_at = ${now}
        ${isDelivered ? `, delivered_at = ${now}` : ''}
        where id = ? and attempts = ? and status = 'sending'`,
      params: [
        status,
        ...(waitMs === null ? [] : [waitMs]),
        statusCode,
        error,
        durationMs,
        delivery.id,
        delivery.attempts,
      ],
    };
  }

  /** Nothing of a delivery that was removed meanwhile. */
  function attemptStatement({ attempt, attemptId }: Settlement): Statement {
    const { deliveryId, number, startedAt, durationMs, statusCode, error, response } = attempt;
    return {
      text: `insert into webhook_attempt (id, delivery_id, number, started_at, duration_ms, status_code, error, response)
        select ?, id, ?, ?, ?, ?, ?, ? from webhook_delivery where id = ?`,
      params: [attemptId, number, startedAt, durationMs, statusCode, error, response, deliveryId],
    };
  }
}
