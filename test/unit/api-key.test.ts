import { describe, expect, it } from 'vitest';
import type { KeyOrder } from '../../src/access/api-key-service.ts';
import { ENVIRONMENT_KEY_ID, makeKey, rowOf } from '../../src/access/key-format.ts';
import { AppError } from '../../src/shared/errors.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { noLimit, PEPPER, startApiKeys } from '../support/api-keys.ts';

const order: KeyOrder = { name: 'panel', scopes: ['device:read'], deviceIds: null, expiresAt: null };
const invalid = expect.objectContaining({ code: 'API_KEY_INVALID' });

describe('the form of a key', () => {
  const id = '01HZZZZZZZZZZZZZZZZZZZZZZZ';

  it('can be found by a secret scanner and names its row', () => {
    const key = makeKey(id, systemRandom);
    expect(key).toMatch(/^wfl_[0-9A-Z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(rowOf(key)).toBe(id);
  });

  it('uses all 32 bytes', () => {
    const largest = { ...systemRandom, bytes: (count: number) => Buffer.alloc(count, 0xff) };
    expect(rowOf(makeKey(id, largest))).toBe(id);
    expect(makeKey(id, systemRandom)).not.toBe(makeKey(id, systemRandom));
  });

  it('a mistyped key is known without asking the database', () => {
    const key = makeKey(id, systemRandom);
    const at = 40;
    const typo = key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1);
    expect(rowOf(typo)).toBeNull();
    expect(rowOf('wfl_')).toBeNull();
    expect(rowOf(`${key} `)).toBeNull();
  });

  it('any other form can only be the key of the environment', () => {
    expect(rowOf('x'.repeat(40))).toBe(ENVIRONMENT_KEY_ID);
  });
});

describe('a key', () => {
  it('is stored as a hash only', async () => {
    const { service, rows } = startApiKeys();
    const { secret } = await service.issue(order);
    const stored = JSON.stringify([...rows.values()]);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(secret.split('_')[2]);
  });

  it('lets its holder do what its scopes say', async () => {
    const { service } = startApiKeys();
    const { key, secret } = await service.issue({ ...order, deviceIds: ['dev-1'] });
    const access = await service.authenticate(secret, noLimit);
    expect(access).toMatchObject({ keyId: key.id, name: 'panel', deviceIds: ['dev-1'] });
    expect([access.may('device:read'), access.may('message:send'), access.may('admin')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([access.mayUse('dev-1'), access.mayUse('dev-2')]).toEqual([true, false]);
  });

  it('of an administrator may do everything', async () => {
    const { service } = startApiKeys();
    const { secret } = await service.issue({ ...order, scopes: ['admin'] });
    const access = await service.authenticate(secret, noLimit);
    expect(access.may('message:send') && access.mayUse('any')).toBe(true);
  });

  it('of an administrator cannot be limited to devices, not even later', async () => {
    const { service, rows } = startApiKeys();
    const refused = expect.objectContaining({ code: 'VALIDATION_FAILED' });
    await expect(service.issue({ ...order, scopes: ['admin'], deviceIds: ['dev-1'] })).rejects.toEqual(
      refused,
    );
    const { key } = await service.issue({ ...order, deviceIds: ['dev-1'] });
    await expect(service.change(key.id, { scopes: ['admin'] })).rejects.toEqual(refused);
    expect([...rows.values()].map(({ scopes }) => scopes)).toEqual([['device:read']]);
  });

  it.each(['', 'wfl_', 'x'.repeat(5000), 'ключ'])('that is not ours is refused: %s', async (presented) => {
    const { service } = startApiKeys();
    await expect(service.authenticate(presented, noLimit)).rejects.toEqual(invalid);
  });

  it('with the right id and another secret is refused', async () => {
    const { service } = startApiKeys();
    const { key } = await service.issue(order);
    await expect(service.authenticate(makeKey(key.id, systemRandom), noLimit)).rejects.toEqual(invalid);
  });

  it('ends when it expires, in the middle of the cache time as well', async () => {
    const { service, clock } = startApiKeys();
    const { secret } = await service.issue({ ...order, expiresAt: new Date(clock.now().getTime() + 5_000) });
    await service.authenticate(secret, noLimit);
    clock.advance(5_000);
    await expect(service.authenticate(secret, noLimit)).rejects.toEqual(invalid);
  });

  it('ends at once when it is revoked, and revoking again changes nothing', async () => {
    const { service, clock } = startApiKeys();
    const { key, secret } = await service.issue(order);
    await service.authenticate(secret, noLimit);
    const { revokedAt } = await service.revoke(key.id);
    await expect(service.authenticate(secret, noLimit)).rejects.toEqual(invalid);
    clock.advance(1_000);
    expect((await service.revoke(key.id)).revokedAt).toEqual(revokedAt);
  });

  it('has new rights at once when it is changed, and listeners hear of it', async () => {
    const { service } = startApiKeys();
    const { key, secret } = await service.issue(order);
    const heard: string[] = [];
    service.onChanged((id) => heard.push(id));
    await service.authenticate(secret, noLimit);
    await service.change(key.id, { scopes: ['message:send'] });
    expect((await service.authenticate(secret, noLimit)).may('message:send')).toBe(true);
    expect(heard).toEqual([key.id]);
  });

  it('nobody has cannot be changed or revoked', async () => {
    const { service } = startApiKeys();
    const missing = expect.objectContaining({ code: 'API_KEY_NOT_FOUND' });
    await expect(service.change('nobody', { name: 'x' })).rejects.toEqual(missing);
    await expect(service.revoke('nobody')).rejects.toEqual(missing);
  });
});

describe('the cache of verified keys', () => {
  it('spares the database, for a while', async () => {
    const { service, clock, asked } = startApiKeys();
    const { secret } = await service.issue(order);
    for (let n = 0; n < 5; n++) await service.authenticate(secret, noLimit);
    expect(asked.find).toBe(1);
    clock.advance(15_000);
    await service.authenticate(secret, noLimit);
    expect(asked.find).toBe(2);
  });

  it('notices within seconds what another process revoked', async () => {
    const { service, clock, rows } = startApiKeys();
    const { key, secret } = await service.issue(order);
    await service.authenticate(secret, noLimit);
    rows.set(key.id, { ...key, revokedAt: clock.now() });
    clock.advance(15_000);
    await expect(service.authenticate(secret, noLimit)).rejects.toEqual(invalid);
  });

  it('does not bring a key back that was revoked while it was looked up', async () => {
    const { service, rows, repository } = startApiKeys();
    const { key, secret } = await service.issue(order);
    const find = repository.find;
    repository.find = async (id) => {
      const row = await find(id);
      repository.find = find;
      await service.revoke(id);
      return row;
    };
    await service.authenticate(secret, noLimit);
    expect(rows.get(key.id)?.revokedAt).not.toBeNull();
    await expect(service.authenticate(secret, noLimit)).rejects.toEqual(invalid);
  });

  it('asks leave before a look-up, except for keys that were right once', async () => {
    const { service, clock } = startApiKeys();
    const { secret } = await service.issue(order);
    await service.authenticate(secret, noLimit);
    clock.advance(60_000);
    const refuse = async () => {
      throw new AppError('RATE_LIMITED');
    };
    expect((await service.authenticate(secret, refuse)).name).toBe('panel');
    const other = await service.issue(order);
    await expect(service.authenticate(other.secret, refuse)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('a rotation of the master key', () => {
  it('locks nobody out, and the key is hashed anew when it is used', async () => {
    const before = startApiKeys();
    const { key, secret } = await before.service.issue(order);
    const next = Buffer.alloc(32, 2);
    const during = startApiKeys({ peppers: [next, PEPPER], memory: before.memory });
    await during.service.authenticate(secret, noLimit);
    expect(before.rows.get(key.id)?.secretHash).not.toBe(key.secretHash);
    const after = startApiKeys({ peppers: [next], memory: before.memory });
    expect((await after.service.authenticate(secret, noLimit)).name).toBe('panel');
  });
});

it('notes the last use at most once a minute', async () => {
  const { service, clock, rows } = startApiKeys();
  const { key, secret } = await service.issue(order);
  const lastUse = () => rows.get(key.id)?.lastUsedAt?.getTime();
  await service.authenticate(secret, noLimit);
  const first = lastUse();
  expect(first).toBe(clock.now().getTime());
  clock.advance(59_000);
  await service.authenticate(secret, noLimit);
  expect(lastUse()).toBe(first);
  clock.advance(1_000);
  await service.authenticate(secret, noLimit);
  expect(lastUse()).toBe(clock.now().getTime());
});
