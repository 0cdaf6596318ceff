import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyEncryptionKeyError, loadKeyEncryptionKey } from '../../src/config/key-encryption-key.ts';
import { systemRandom } from '../../src/shared/random.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wafleet-kek-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function load(options: { fromEnvironment?: string; wrapped?: 'yes' | 'no' } = {}) {
  return loadKeyEncryptionKey({
    fromEnvironment: options.fromEnvironment ?? null,
    dataDir,
    random: systemRandom,
    hasWrappedKeys: async () => options.wrapped === 'yes',
  });
}

describe('key encryption key', () => {
  it('is made once, readable by its owner alone, and the same after a restart', async () => {
    const first = await load();
    expect(first.key).toHaveLength(32);
    expect(first.previous).toEqual([]);
    expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600);
    expect(await load({ wrapped: 'yes' })).toEqual(first);
  });

  it('comes from the environment in hex or base64 and leaves no file', async () => {
    const key = systemRandom.bytes(32);
    const hex = await load({ fromEnvironment: key.toString('hex') });
    expect(hex.key).toEqual(key);
    expect(await load({ fromEnvironment: ` ${key.toString('base64')}\n` })).toEqual(hex);
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
  });

  it('keeps earlier keys, the file among them, for rows written before a rotation', async () => {
    const fromFile = await load();
    const [current, earlier] = [systemRandom.bytes(32), systemRandom.bytes(32)];
    const ring = await load({ fromEnvironment: `${current.toString('hex')},${earlier.toString('base64')}` });
    expect(ring.key).toEqual(current);
    expect(ring.previous.map(({ key }) => key)).toEqual([earlier, fromFile.key]);
    expect(ring.previous[1]?.id).toBe(fromFile.id);
  });

  it('is never made anew while the database holds wrapped keys', async () => {
    await expect(load({ wrapped: 'yes' })).rejects.toThrow(KeyEncryptionKeyError);
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
  });

  it('refuses a damaged key and never overwrites it', async () => {
    const path = join(dataDir, 'master.key');
    writeFileSync(path, 'too short');
    await expect(load()).rejects.toThrow(KeyEncryptionKeyError);
    expect(readFileSync(path, 'utf8')).toBe('too short');
    await expect(load({ fromEnvironment: 'abcd' })).rejects.toThrow(/32 bytes/);
  });
});
