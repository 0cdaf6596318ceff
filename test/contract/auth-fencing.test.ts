import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import {
  type AuthBench,
  authStatesOn,
  createAuthBench,
  freshKeyRing,
  problemOf,
  setLease,
} from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('auth state, damaged or taken over', (open) => {
  let database: Database;
  let bench: AuthBench;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    bench = await createAuthBench(database);
  });

  it('writes nothing for an owner whose lease moved on', async () => {
    const { deviceId, linked, reopened } = bench;
    const state = await linked();
    await state.keys.set({ session: { 'a.0': Buffer.from('mine') } });
    const failures: string[] = [];
    state.onFailure((failure) => failures.push(failure));
    await setLease(database, deviceId, 2);
    const writing = state.keys.set({ session: { 'a.0': Buffer.from('stale'), 'b.0': Buffer.from('stale') } });
    expect(await problemOf(writing)).toBe('fenced');
    expect(await problemOf(state.saveCreds())).toBe('fenced');
    expect(await problemOf(state.keys.get('session', ['a.0']))).toBe('fenced');
    expect(failures).toEqual(['fenced']);
    const successor = await reopened({ epoch: 2 });
    expect(await successor.keys.get('session', ['a.0', 'b.0'])).toEqual({ 'a.0': Buffer.from('mine') });
    expect(await problemOf(reopened({ epoch: 1 }))).toBe('fenced');
  });

  it('refuses an owner whose lease was released', async () => {
    const { linked, reopened } = bench;
    const state = await linked();
    await database.run({ text: 'update device_lease set boot_id = null', params: [] });
    expect(await problemOf(state.saveCreds())).toBe('fenced');
    expect(await problemOf(reopened())).toBe('fenced');
  });

  it('tells damage from absence and never mints over it', async () => {
    const { linked, reopened, count } = bench;
    await linked();
    const [row] = await database.query<{ sealed: Buffer }>({
      text: 'select `blob` as sealed from auth_creds',
      params: [],
    });
    const sealed = row?.sealed ?? Buffer.alloc(0);
    const store = (blob: Buffer) =>
      database.run({ text: 'update auth_creds set `blob` = ?', params: [blob] });

    const flipped = Buffer.from(sealed);
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    await store(flipped);
    expect(await problemOf(reopened())).toBe('undecryptable');
    await store(sealed.subarray(0, 20));
    expect(await problemOf(reopened())).toBe('unreadable');
    await store(sealed);
    expect(await problemOf(reopened({ ring: freshKeyRing() }))).toBe('undecryptable');
    expect((await reopened()).kind).toBe('stored');

    await database.run({ text: 'delete from auth_creds', params: [] });
    expect(await problemOf(reopened())).toBe('unreadable');
    expect(await count('auth_creds')).toBe(0);
  });

  it('does not open without the data key', async () => {
    const { linked, reopened } = bench;
    await linked();
    await database.run({ text: 'delete from auth_data_key', params: [] });
    expect(await problemOf(reopened())).toBe('undecryptable');
  });

  it('notices rows that changed places, and closes before the library hears of it', async () => {
    const { linked, reopened } = bench;
    const writer = await linked();
    await writer.keys.set({ session: { 'a.0': Buffer.from('a'), 'b.0': Buffer.from('b') } });
    const rows = await database.query<{ key_id: string; sealed: Buffer }>({
      text: 'select key_id, `blob` as sealed from auth_key order by key_id',
      params: [],
    });
    for (const [index, { key_id }] of rows.entries()) {
      const other = rows[1 - index]?.sealed ?? null;
      await database.run({
        text: 'update auth_key set `blob` = ? where key_id = ?',
        params: [other, key_id],
      });
    }
    const state = await reopened();
    const order: string[] = [];
    state.onFailure((failure) => order.push(`socket closed: ${failure}`));
    await Promise.resolve(state.keys.get('session', ['a.0'])).catch(() => order.push('library told'));
    expect(order).toEqual(['socket closed: undecryptable', 'library told']);
    const late: string[] = [];
    state.onFailure((failure) => late.push(failure));
    expect(late).toEqual(['undecryptable']);
  });

  it('ends the state that was open before: its writes finish, later ones are refused', async () => {
    const { states, deviceId, linked } = bench;
    const old = await linked();
    const failures: string[] = [];
    old.onFailure((failure) => failures.push(failure));
    const inFlight = old.keys.set({ session: { 'a.0': Buffer.from('in flight') } });
    const successor = await states.open({ deviceId, epoch: 1, mayMint: false });
    await inFlight;
    expect(await successor.keys.get('session', ['a.0'])).toEqual({ 'a.0': Buffer.from('in flight') });
    expect(await problemOf(old.keys.set({ session: { 'a.0': null } }))).toBe('fenced');
    expect(failures).toEqual([]);
  });

  it('cannot bring keys back after the session was erased under its feet', async () => {
    const { deviceId, linked, count, dataDir, keyRing } = bench;
    const state = await linked();
    await authStatesOn(database, { keyRing, dataDir }).erase({ deviceId, epoch: null });
    const writing = state.keys.set({ session: { 'a.0': Buffer.from('late') } });
    expect(await problemOf(writing)).toBe('fenced');
    expect(await count('auth_key')).toBe(0);
  });
});
