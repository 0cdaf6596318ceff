import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  for (const deviceId of ['ana', 'budi', 'citra']) await server.createDevice(deviceId);
});
afterAll(() => server.stop());

interface List {
  readonly items: readonly { readonly deviceId: string }[];
  readonly total: number;
  readonly nextCursor: string | null;
}

const list = async (query: string) => {
  const { data } = await server.api.get<List>(`devices?${query}`);
  return { ...data, ids: data.items.map(({ deviceId }) => deviceId) };
};

describe('the list of devices', () => {
  it('is read to its end by nextCursor, in both orders', async () => {
    const first = await list('pageSize=2');
    expect(first).toMatchObject({ ids: ['ana', 'budi'], total: 3 });
    expect(await list(`pageSize=2&cursor=${first.nextCursor}`)).toMatchObject({
      ids: ['citra'],
      nextCursor: null,
    });
    expect((await list('order=desc')).ids).toEqual(['citra', 'budi', 'ana']);
  });

  it('is filtered by text, also by its other name', async () => {
    expect((await list('text=bud')).ids).toEqual(['budi']);
    expect((await list('search=bud')).ids).toEqual(['budi']);
  });

  it.each(['order=up', 'cursor=x', 'cursor='])('refuses %s', async (query) => {
    expect(await server.api.get(`devices?${query}`)).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    });
  });

  it('of connected ones has the fields of every list', async () => {
    const empty = { items: [], total: 0, page: 1, pageSize: 0, nextCursor: null };
    expect((await server.api.get('devices/connected')).data).toEqual(empty);
    expect((await server.api.get('devices/connected/detail')).data).toEqual(empty);
  });
});

describe('a new device', () => {
  it('cannot have the name of a list, which would hide it', async () => {
    const answer = await server.api.post('devices', { deviceId: 'connected' });
    expect(answer).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('takes its proxy under both names', async () => {
    const proxy = 'http://proxy.example.com:3128';
    const { data } = await server.api.post('devices', { deviceId: 'dewi', proxy });
    expect(data).toMatchObject({ hasProxy: true });
    expect((await server.api.patch('devices/dewi', { proxy: null })).data).toMatchObject({ hasProxy: false });
    expect((await server.api.patch('devices/dewi', { proxyUrl: proxy })).data).toMatchObject({
      hasProxy: true,
    });
    expect(await server.api.patch('devices/dewi', { proxy: 'http://h:99999' })).toMatchObject({
      status: 400,
    });
  });
});

it('HEAD of the event stream ends', async () => {
  const answer = await server.api.call({ method: 'HEAD', path: 'events' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
});
