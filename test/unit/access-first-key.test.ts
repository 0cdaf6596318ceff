import { expect, it } from 'vitest';
import { ensureFirstKey } from '../../src/access/first-key.ts';
import { noLimit, startApiKeys } from '../support/api-keys.ts';

const ADMIN_KEY = 'an-administrator-key-of-the-operator';

it('makes an administrator key when nothing is configured, once', async () => {
  const { service } = startApiKeys();
  const first = await ensureFirstKey(service, null);
  if (first.kind !== 'generated') throw new Error(first.kind);
  expect((await service.authenticate(first.secret, noLimit)).may('admin')).toBe(true);
  expect(await ensureFirstKey(service, null)).toEqual({ kind: 'exists', adminKeyWorks: null });
});

it('takes ADMIN_API_KEY as the first key, and knows it again', async () => {
  const { service } = startApiKeys();
  expect(await ensureFirstKey(service, ADMIN_KEY)).toEqual({ kind: 'adopted' });
  expect((await service.authenticate(ADMIN_KEY, noLimit)).may('admin')).toBe(true);
  expect(await ensureFirstKey(service, ADMIN_KEY)).toEqual({ kind: 'exists', adminKeyWorks: true });
});

it('takes a key in our own form as well', async () => {
  const { secret } = await startApiKeys().service.issue({
    name: 'x',
    scopes: ['admin'],
    deviceIds: null,
    expiresAt: null,
  });
  const { service } = startApiKeys();
  await ensureFirstKey(service, secret);
  expect((await service.authenticate(secret, noLimit)).may('admin')).toBe(true);
});

it('does not let another ADMIN_API_KEY in later, but says that it does not work', async () => {
  const { service } = startApiKeys();
  await ensureFirstKey(service, ADMIN_KEY);
  const other = `${ADMIN_KEY}-2`;
  expect(await ensureFirstKey(service, other)).toEqual({ kind: 'exists', adminKeyWorks: false });
  await expect(service.authenticate(other, noLimit)).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
});

it('does not bring a revoked ADMIN_API_KEY back at the next start', async () => {
  const { service, rows } = startApiKeys();
  await ensureFirstKey(service, ADMIN_KEY);
  const [id = ''] = rows.keys();
  await service.revoke(id);
  expect(await ensureFirstKey(service, ADMIN_KEY)).toEqual({ kind: 'exists', adminKeyWorks: false });
});

it('two processes that start first at once agree on ADMIN_API_KEY', async () => {
  const one = startApiKeys();
  const two = startApiKeys({ memory: one.memory });
  const found = await Promise.all([
    ensureFirstKey(one.service, ADMIN_KEY),
    ensureFirstKey(two.service, ADMIN_KEY),
  ]);
  expect(found.map(({ kind }) => kind).sort()).toEqual(['adopted', 'exists']);
  expect(one.rows.size).toBe(1);
});

it('a database that is away is not taken for a wrong key', async () => {
  const { service, repository } = startApiKeys();
  await ensureFirstKey(service, ADMIN_KEY);
  repository.find = () => Promise.reject(new Error('away'));
  await expect(ensureFirstKey(service, ADMIN_KEY)).rejects.toThrow('away');
});
