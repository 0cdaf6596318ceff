import type { Database, SqlValue } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { Attempt, Delivery, DeliveryStatus } from './delivery.ts';
import { type AttemptRow, type DeliveryRow, toAttempt, toDelivery } from './webhook-rows.ts';

export interface DeliveryPage {
  readonly endpointId: string;
  readonly status?: DeliveryStatus | undefined;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
  /** Only those after this one, in the order of the list. */
  readonly after?: string | undefined;
}

export type DeliveryListRepository = ReturnType<typeof createDeliveryListRepository>;

/** Deliveries as people look at them, send them again and forget them. Methods throw what Database throws. */
export function createDeliveryListRepository({ database }: { database: Database }) {
  const { now, forceIndex } = dialectOf(database.dialect);
  const redelivery = `update webhook_delivery set status = 'pending', next_attempt_at = ${now}, updated_at = ${now}`;

  return {
    async find(id: string): Promise<Delivery | null> {
      const [row] = await database.query<DeliveryRow>({
        text: 'select * from webhook_delivery where id = ?',
        params: [id],
      });
      return row ? toDelivery(row) : null;
    },

    /** By the time they were made. */
    async list({ endpointId, status, order, limit, offset, after }: DeliveryPage): Promise<Delivery[]> {
      const conditions: [string, SqlValue][] = [['endpoint_id = ?', endpointId]];
      if (status !== undefined) conditions.push(['status = ?', status]);
      if (after !== undefined) conditions.push([order === 'asc' ? 'id > ?' : 'id < ?', after]);
      // What is over has no next attempt, which makes the index of what is due one by status and id.
      if (status === 'delivered' || status === 'failed') conditions.push(['next_attempt_at is null', null]);
      const index =
        status === undefined ? 'webhook_delivery_endpoint_id_id_idx' : 'webhook_delivery_endpoint_due_idx';
      const table = forceIndex('webhook_delivery', index);
      const rows = await database.query<DeliveryRow>({
        text: `select * from ${table} where ${conditions.map(([text]) => text).join(' and ')}
          order by id ${order} limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params: conditions.map(([, value]) => value).filter((value) => value !== null),
      });
      return rows.map(toDelivery);
    },

    async count({ endpointId, status }: Pick<DeliveryPage, 'endpointId' | 'status'>): Promise<number> {
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from webhook_delivery
          where endpoint_id = ? ${status === undefined ? '' : 'and status = ?'}`,
        params: status === undefined ? [endpointId] : [endpointId, status],
      });
      return Number(row?.total ?? 0);
    },

    /** The attempts of these deliveries, the first of each first. */
    async attemptsOf(deliveryIds: readonly string[]): Promise<Attempt[]> {
      if (deliveryIds.length === 0) return [];
      const rows = await database.query<AttemptRow>({
        text: `select * from webhook_attempt where delivery_id in (${deliveryIds.map(() => '?').join(', ')})
          order by delivery_id, number`,
        params: deliveryIds,
      });
      return rows.map(toAttempt);
    },

    /** Due now, unless an attempt is under way. */
    async redeliver(id: string): Promise<void> {
      await database.run({ text: `${redelivery} where id = ? and status <> 'sending'`, params: [id] });
    },

    /** The same for up to `limit` of an endpoint that failed and were made since then; says how many. */
    async redeliverFailed(
      endpointId: string,
      { since, limit }: { since: Date; limit: number },
    ): Promise<number> {
      const rows = await database.query<{ id: string }>({
        text: `select id from webhook_delivery where endpoint_id = ? and status = 'failed' and created_at >= ?
          limit ${Math.trunc(limit)}`,
        params: [endpointId, since],
      });
      if (rows.length === 0) return 0;
      const { changes } = await database.run({
        text: `${redelivery} where status = 'failed' and id in (${rows.map(() => '?').join(', ')})`,
        params: rows.map(({ id }) => id),
      });
      return changes;
    },

    /** Up to `limit` deliveries whose ids sort before this one, of any endpoint or of one. */
    async before(
      id: string,
      { endpointId, limit }: { endpointId?: string; limit: number },
    ): Promise<string[]> {
      const rows = await database.query<{ id: string }>({
        text: `select id from webhook_delivery where id < ? ${endpointId === undefined ? '' : 'and endpoint_id = ?'}
          order by id limit ${Math.trunc(limit)}`,
        params: endpointId === undefined ? [id] : [id, endpointId],
      });
      return rows.map((row) => row.id);
    },

    /** Endpoints that were removed and still have deliveries. */
    async removedEndpoints(): Promise<string[]> {
      const rows = await database.query<{ endpoint_id: string }>({
        text: `select distinct endpoint_id from webhook_delivery
          where endpoint_id not in (select id from webhook_endpoint)`,
        params: [],
      });
      return rows.map(({ endpoint_id }) => endpoint_id);
    },

    /** Forgets deliveries with their attempts. */
    async remove(ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      const these = `(${ids.map(() => '?').join(', ')})`;
      await database.writeAtomically({
        statements: [
          { text: `delete from webhook_attempt where delivery_id in ${these}`, params: ids },
          { text: `delete from webhook_delivery where id in ${these}`, params: ids },
        ],
      });
    },
  };
}
