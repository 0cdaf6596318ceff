import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

interface Entry {
  readonly id: number;
  readonly whatsapp_number: string;
  readonly status: string;
  readonly session_id: string | null;
}

const PATH = '/api/whatsapp/allowed-numbers';
let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.createDevice('ana');
  await server.createDevice('budi');
});
afterAll(() => server.stop());

it('adds, lists, switches and removes a number, written in any way', async () => {
  const { status, data } = await server.api.post<Entry>(PATH, { whatsapp_number: '0812-0000-0001' });
  expect(status).toBe(201);
  expect(data).toMatchObject({ whatsapp_number: '6281200000001', status: 'aktif', session_id: null });
  const list = await server.api.get(`${PATH}?status=aktif`);
  expect(list.data).toMatchObject({ items: [data], total: 1, page: 1, pageSize: 50, nextCursor: null });
  const off = await server.api.put<Entry>(`${PATH}/${data.id}/status`, { status: 'nonaktif' });
  expect(off.data).toMatchObject({ id: data.id, status: 'nonaktif' });
  expect((await server.api.get(`${PATH}?status=aktif`)).data).toMatchObject({ total: 0 });
  expect((await server.api.delete(`${PATH}/${data.id}`)).status).toBe(200);
  const gone = await server.api.delete(`${PATH}/${data.id}`);
  expect([gone.status, gone.code]).toEqual([404, 'ALLOWED_NUMBER_NOT_FOUND']);
});

it('takes the record number or the deviceId of a session, and a number once', async () => {
  const byNumber = await server.api.post<Entry>(PATH, { whatsapp_number: '+6281200000002', session_id: 2 });
  expect(byNumber.data.session_id).toBe('budi');
  const again = await server.api.post(PATH, { whatsapp_number: '081200000002', session_id: 'budi' });
  expect([again.status, again.code]).toEqual([409, 'ALLOWED_NUMBER_EXISTS']);
  const unknown = await server.api.post(PATH, { whatsapp_number: '081200000003', session_id: 'nobody' });
  expect(unknown.code).toBe('DEVICE_NOT_FOUND');
  const word = await server.api.post(PATH, { whatsapp_number: 'my phone' });
  expect(word.code).toBe('RECIPIENT_INVALID');
});

it('asks for the scopes, and keeps a key to its devices', async () => {
  const reader = await server.keyFor({ scopes: ['report:read'] });
  expect((await reader.get(PATH)).status).toBe(200);
  expect((await reader.post(PATH, { whatsapp_number: '081200000004' })).status).toBe(403);
  const his = await server.keyFor({ scopes: ['report:read', 'device:manage'], deviceIds: ['ana'] });
  expect((await his.get<{ total: number }>(PATH)).data.total).toBe(0);
  const foreign = await his.post(PATH, { whatsapp_number: '081200000005', session_id: 'budi' });
  expect(foreign.code).toBe('DEVICE_NOT_FOUND');
  expect((await his.post(PATH, { whatsapp_number: '081200000005' })).status).toBe(403);
  const own = await his.post<Entry>(PATH, { whatsapp_number: '081200000005', session_id: 'ana' });
  expect(own.data.session_id).toBe('ana');
});

it('a device may say how many days its history is kept', async () => {
  const settingsOf = async () =>
    (await server.api.get<{ settings: { historyDays: number | null } }>('devices/ana')).data.settings;
  expect((await settingsOf()).historyDays).toBeNull();
  await server.api.patch('devices/ana', { settings: { historyDays: 30 } });
  expect((await settingsOf()).historyDays).toBe(30);
  expect((await server.api.patch('devices/ana', { settings: { historyDays: 0 } })).code).toBe(
    'VALIDATION_FAILED',
  );
});
