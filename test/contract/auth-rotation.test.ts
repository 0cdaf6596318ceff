import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { rewrapDataKeys } from '../../src/whatsapp/auth-key-rotation.ts';
import { hasDataKeys } from '../../src/whatsapp/data-key-repository.ts';
import { type AuthBench, createAuthBench, freshKeyRing, problemOf } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('rotation of the key encryption key', (open) => {
  let database: Database;
  let bench: AuthBench;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    bench = await createAuthBench(database);
  });

  it('knows whether anything depends on the key', async () => {
    expect(await hasDataKeys(database)).toBe(false);
    await bench.linked();
    expect(await hasDataKeys(database)).toBe(true);
    await bench.states.entomb({ deviceId: bench.deviceId, reason: 'logged_out' });
    expect(await hasDataKeys(database)).toBe(true);
  });

  it('wraps every data key anew while a device goes on writing, and drops the old key', async () => {
    const running = await bench.linked();
    await bench.linked(bench.otherId);
    await bench.states.entomb({ deviceId: bench.otherId, reason: 'logged_out' });
    const next = { ...freshKeyRing(), previous: [bench.keyRing] };
    expect(await rewrapDataKeys({ database, keyRing: next })).toEqual({ rewrapped: 2, broken: 0 });
    expect(await rewrapDataKeys({ database, keyRing: next })).toEqual({ rewrapped: 0, broken: 0 });

    await running.keys.set({ session: { 'a.0': Buffer.from('after') } });
    const reopened = await bench.reopened({ ring: { ...next, previous: [] } });
    expect(await reopened.keys.get('session', ['a.0'])).toEqual({ 'a.0': Buffer.from('after') });
    expect(await problemOf(bench.reopened())).toBe('undecryptable');
  });

  it('counts and keeps what no key opens', async () => {
    await bench.linked();
    expect(await rewrapDataKeys({ database, keyRing: freshKeyRing() })).toEqual({ rewrapped: 0, broken: 1 });
    expect((await bench.reopened()).kind).toBe('stored');
  });
});
