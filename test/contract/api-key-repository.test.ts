import { expect, it } from 'vitest';
import type { ApiKey } from '../../src/access/api-key.ts';
import { createApiKeyRepository } from '../../src/access/api-key-repository.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const key = (id: string, fields: Partial<ApiKey> = {}): ApiKey => ({
  id: id.padEnd(26, '0'),
  name: `key ${id}`,
  secretHash: 'a'.repeat(64),
  scopes: ['device:read', 'message:send'],
  deviceIds: null,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  createdAt: new Date('2026-11-20T08:30:00.123Z'),
  ...fields,
});

describeOnEachDatabase('the API key repository', (open) => {
  it('gives keys back as they were added, oldest first', async () => {
    const keys = createApiKeyRepository(await open());
    const [one, two] = [
      key('1'),
      key('2', { deviceIds: ['a', 'b'], expiresAt: new Date('2027-01-01T00:00:00Z') }),
    ];
    expect(await keys.add(two)).toBe(true);
    expect(await keys.add(one)).toBe(true);
    expect(await keys.list()).toEqual([one, two]);
    expect(await keys.find(two.id)).toEqual(two);
    expect(await keys.find('nobody')).toBeNull();
  });

  it('does not replace a key', async () => {
    const keys = createApiKeyRepository(await open());
    await keys.add(key('1'));
    expect(await keys.add(key('1', { name: 'other' }))).toBe(false);
    expect(await keys.list()).toEqual([key('1')]);
  });

  it('changes only what it is told to', async () => {
    const keys = createApiKeyRepository(await open());
    const { id } = key('1');
    await keys.add(key('1'));
    const change = {
      revokedAt: new Date('2026-12-01T00:00:00Z'),
      deviceIds: ['only'],
      scopes: ['admin'],
    } as const;
    expect(await keys.update(id, change)).toBe(true);
    expect(await keys.update(id, change)).toBe(true);
    expect(await keys.find(id)).toEqual(key('1', change));
    await keys.update(id, { deviceIds: null, revokedAt: null });
    expect(await keys.find(id)).toEqual(key('1', { scopes: ['admin'] }));
    expect(await keys.update('nobody', change)).toBe(false);
  });
});
