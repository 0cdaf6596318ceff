import type { Database } from '../database/database.ts';

export interface EndpointCount {
  readonly status: string;
  readonly count: number;
}

/** Counts over all webhooks, by the indexes that their worker reads. Methods throw what Database throws. */
export function createWebhookCountRepository(database: Database) {
  return {
    endpoints: (): Promise<EndpointCount[]> =>
      database.query<EndpointCount>({
        text: `select case when status = 'enabled' and failing_since is not null then 'failing' else status end as status,
          count(*) as count from webhook_endpoint
          group by case when status = 'enabled' and failing_since is not null then 'failing' else status end`,
        params: [],
      }),

    /** Deliveries of enabled endpoints that wait for an attempt, and when the first of each endpoint is due. */
    async waiting(): Promise<{ count: number; oldestDueAt: Date | null }> {
      const mine = "endpoint_id = e.id and status = 'pending'";
      const rows = await database.query<{ waiting: number; due_at: Date | number | null }>({
        text: `select (select count(*) from webhook_delivery where ${mine}) as waiting,
          (select min(next_attempt_at) from webhook_delivery where ${mine}) as due_at
          from webhook_endpoint e where e.status = 'enabled'`,
        params: [],
      });
      const dueAt = rows.flatMap(({ due_at }) => (due_at === null ? [] : [new Date(due_at).getTime()]));
      return {
        count: rows.reduce((sum, { waiting }) => sum + Number(waiting), 0),
        oldestDueAt: dueAt.length === 0 ? null : new Date(Math.min(...dueAt)),
      };
    },
  };
}
