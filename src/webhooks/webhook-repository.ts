import type { Database, SqlValue } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { RingSealer } from '../shared/ring-sealer.ts';
import type { EventPattern, NewWebhookEndpoint, WebhookEndpoint } from './webhook.ts';
import { assignments, type Columns, type EndpointRow, secretContext, toEndpoint } from './webhook-rows.ts';

/** What somebody changes of an endpoint. */
export interface EndpointChange {
  readonly url?: string | undefined;
  readonly events?: readonly EventPattern[] | undefined;
  readonly deviceIds?: readonly DeviceId[] | null | undefined;
}

export type WebhookRepository = ReturnType<typeof createWebhookRepository>;

/** The rows of endpoints. Methods throw what Database throws; those that read also SealBrokenError. */
export function createWebhookRepository({ database, sealer }: { database: Database; sealer: RingSealer }) {
  const { now, plusMs } = dialectOf(database.dialect);
  const seal = (secret: string, id: string) => sealer.seal(secret, secretContext(id));
  const update = async (id: string, columns: Columns): Promise<boolean> => {
    const { changes } = await database.run({
      text: `update webhook_endpoint set ${assignments(columns)}, updated_at = ${now} where id = ?`,
      params: [...columns.map(([, value]) => value), id],
    });
    return changes === 1;
  };
  const select = async (condition: string, params: readonly SqlValue[]): Promise<WebhookEndpoint[]> => {
    const rows = await database.query<EndpointRow>({
      text: `select * from webhook_endpoint ${condition} order by id`,
      params,
    });
    return rows.map((row) => toEndpoint(row, sealer));
  };

  return {
    async find(id: string): Promise<WebhookEndpoint | null> {
      const [endpoint] = await select('where id = ?', [id]);
      return endpoint ?? null;
    },

    /** In the order they were made. */
    list: () => select('', []),

    enabled: () => select("where status = 'enabled'", []),

    async count(): Promise<number> {
      const [row] = await database.query<{ total: number }>({
        text: 'select count(*) as total from webhook_endpoint',
        params: [],
      });
      return Number(row?.total ?? 0);
    },

    async add({ id, url, events, deviceIds, secret, cursorSeq }: NewWebhookEndpoint): Promise<void> {
      await database.run({
        text: `insert into webhook_endpoint
          (id, url, events, device_ids, secret_sealed, status, cursor_seq, created_at, updated_at)
          values (?, ?, ?, ?, ?, 'enabled', ?, ${now}, ${now})`,
        params: [id, url, JSON.stringify(events), json(deviceIds), seal(secret, id), cursorSeq],
      });
    },

    /** False when it is gone. A new URL is a new receiver: it has not failed yet. */
    change(id: string, { url, events, deviceIds }: EndpointChange): Promise<boolean> {
      const columns: [string, SqlValue][] = [];
      if (url !== undefined) columns.push(['url', url], ['failing_since', null]);
      if (events !== undefined) columns.push(['events', JSON.stringify(events)]);
      if (deviceIds !== undefined) columns.push(['device_ids', json(deviceIds)]);
      return columns.length === 0 ? Promise.resolve(true) : update(id, columns);
    },

    /** The secret until now signs too for so many ms. */
    async rotate(
      { id, secret: previous }: Pick<WebhookEndpoint, 'id' | 'secret'>,
      { secret, keepMs }: { secret: string; keepMs: number },
    ): Promise<void> {
      await database.run({
        text: `update webhook_endpoint set secret_sealed = ?, previous_sealed = ?, previous_until = ${plusMs(now)},
          updated_at = ${now} where id = ?`,
        params: [seal(secret, id), seal(previous, id), keepMs, id],
      });
    },

    /** Begins with the events after `cursorSeq`. False when it was enabled, or is gone. */
    async enable(id: string, cursorSeq: number): Promise<boolean> {
      const { changes } = await database.run({
        text: `update webhook_endpoint set status = 'enabled', cursor_seq = ?, failing_since = null, disabled_at = null,
          disabled_reason = null, updated_at = ${now} where id = ? and status = 'disabled'`,
        params: [cursorSeq, id],
      });
      return changes === 1;
    },

    /** False when there was none. Its deliveries are left to the purge. */
    async remove(id: string): Promise<boolean> {
      const { changes } = await database.run({
        text: 'delete from webhook_endpoint where id = ?',
        params: [id],
      });
      return changes === 1;
    },

    /** Seals both secrets of each endpoint under the current key. */
    async reseal(): Promise<void> {
      for (const { id, secret, previousSecret } of await select('', [])) {
        await database.run({
          text: 'update webhook_endpoint set secret_sealed = ?, previous_sealed = ? where id = ?',
          params: [seal(secret, id), previousSecret && seal(previousSecret.secret, id), id],
        });
      }
    },
  };
}

function json(value: readonly string[] | null): string | null {
  return value && JSON.stringify(value);
}
