import { expect, it } from 'vitest';
import type { EventPage } from '../../src/events/event-log-repository.ts';
import { eventLogRoutes } from '../../src/events/event-log-routes.ts';
import { newEvents } from '../support/event-log.ts';
import { startTestServer, withKey } from '../support/http.ts';

const keys = { reader: { scopes: ['device:read'] as const, deviceIds: ['ana'] } };

/** The route on a log that remembers what it was asked for. */
async function stage({ known = true } = {}) {
  const asked: EventPage[] = [];
  const server = await startTestServer({
    keys,
    routes: (api) => {
      api.register(eventLogRoutes, {
        feed: { locate: async () => ({ seq: known ? 7 : 0, isResync: !known }) },
        events: {
          page: async (page) => {
            asked.push(page);
            return newEvents(page.limit).map((event, index) => ({ ...event, seq: index }));
          },
        },
      });
    },
  });
  const read = (query: string) =>
    server.app.inject({ url: `/events/log?${query}`, headers: withKey('reader') });
  return { asked, read };
}

it('the newest of some types are asked for, and the cursor leads to older ones', async () => {
  const { asked, read } = await stage();
  const first = await read('order=desc&type=status,authenticated&deviceId=ana&limit=2');
  const { items, nextCursor } = first.json().data;
  expect(items).toHaveLength(2);
  expect(nextCursor).toBe(items[1].id);
  await read(`order=desc&after=${nextCursor}`);
  expect(asked).toMatchObject([
    { after: null, order: 'desc', types: ['status', 'authenticated'], deviceIds: ['ana'], limit: 3 },
    { after: 7, order: 'desc', types: null },
  ]);
});

it('a place that is not known any more is the beginning of the order asked for', async () => {
  const { asked, read } = await stage({ known: false });
  expect((await read('order=desc&after=01K0000000000000000000000Z')).json().data.resync).toBe(true);
  expect(asked).toMatchObject([{ after: null, order: 'desc' }]);
});

it('other types and orders are refused', async () => {
  const { asked, read } = await stage();
  for (const query of ['type=qr', 'type=', 'type=status,', 'order=newest'])
    expect((await read(query)).statusCode, query).toBe(400);
  expect(asked).toEqual([]);
});
