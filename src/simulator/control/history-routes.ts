import type { HistoryRecord } from '../server/history.ts';
import type { ControlPlugin } from './control-plugin.ts';
import { EventsQuery, HistoryQuery } from './control-schemas.ts';
import { streamHistory } from './history-stream.ts';
import { accountView } from './phone-view.ts';

/** What the server saw and knows. */
export const historyRoutes: ControlPlugin = async (app, { core, history, clock }) => {
  const streams = new Set<AbortController>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.abort();
  });

  app.get('/accounts', async () => ({ accounts: core.listAccounts().map(accountView) }));

  app.get('/history', { schema: { querystring: HistoryQuery } }, async ({ query }) => {
    const { kind, device, id, after, limit } = query;
    const records = history.records(
      (record) =>
        record.sequence > after &&
        (!kind || record.kind === kind) &&
        (!id || idsOf(record).includes(id)) &&
        (!device || devicesOf(record).some((address) => address.includes(device))),
    );
    return { records: records.slice(0, limit), total: records.length, sequence: history.sequence };
  });

  app.get('/events', { schema: { querystring: EventsQuery } }, async (request, reply) => {
    const stop = new AbortController();
    streams.add(stop);
    reply.hijack();
    const after = resumeAfter(request.headers['last-event-id']) ?? request.query.after ?? history.sequence;
    await streamHistory({ history, clock, response: reply.raw, after, stop });
    streams.delete(stop);
  });
};

function resumeAfter(lastEventId: string | string[] | undefined): number | null {
  const sequence = Number(lastEventId);
  return lastEventId !== undefined && Number.isSafeInteger(sequence) ? sequence : null;
}

function idsOf(record: HistoryRecord): readonly string[] {
  if ('ids' in record) return record.ids;
  return 'id' in record ? [record.id] : [];
}

function devicesOf(record: HistoryRecord): string[] {
  const device = 'device' in record ? record.device : null;
  const from = 'from' in record ? record.from : null;
  const to = 'to' in record ? record.to : null;
  return [device, from, to].filter((address) => address !== null);
}
