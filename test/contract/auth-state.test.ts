import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { proto, type SignalDataSet, type SignalDataTypeMap } from '@whiskeysockets/baileys';
import { beforeAll, expect, it } from 'vitest';
import type { KeyRing } from '../../src/config/key-encryption-key.ts';
import type { Database } from '../../src/database/database.ts';
import type { AuthState, AuthStates } from '../../src/whatsapp/auth-state.ts';
import { AuthStateError } from '../../src/whatsapp/auth-state-error.ts';
import { authStatesOn, deviceIdOf, freshKeyRing, pair, setLease, temporaryFolder } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const deviceId = deviceIdOf('Device_1');
const otherId = deviceIdOf('device-2');

/** One value of each kind the library stores. */
const EVERY_TYPE: SignalDataSet = {
  'pre-key': { '1': { public: Buffer.alloc(32, 1), private: Buffer.alloc(32, 2) } },
  session: { '6281230000002.0': Buffer.from('session record') },
  'sender-key': { 'group@g.us::6281230000002::0': Buffer.from('[{"senderKeyId":1}]') },
  'sender-key-memory': { 'group@g.us': { '6281230000002:1@s.whatsapp.net': true } },
  'app-state-sync-key': {
    'AAAAAB/x+==': proto.Message.AppStateSyncKeyData.fromObject({
      keyData: Buffer.alloc(32, 3),
      timestamp: 5,
    }),
  },
  'app-state-sync-version': {
    critical_block: {
      version: 3,
      hash: Buffer.alloc(128, 4),
      indexValueMap: { 'a+/=': { valueMac: Buffer.alloc(32, 5) } },
    },
  },
  'lid-mapping': { '123456789_reverse': '6281230000002' },
  'device-list': { '6281230000002': ['0', '5'] },
  tctoken: { '123456789@lid': { token: Buffer.from('token'), timestamp: '17' } },
  'identity-key': { '6281230000002.0': Buffer.alloc(33, 6) },
};

async function problemOf(work: unknown): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof AuthStateError ? error.problem : String(error);
  }
}

describeOnEachDatabase('auth state', (open) => {
  let database: Database;
  let keyRing: KeyRing;
  let dataDir: string;
  let states: AuthStates;

  beforeAll(async () => {
    database = await open();
  });

  /** An empty store and a lease of epoch 1 for each of two devices. */
  async function begin(): Promise<void> {
    for (const table of ['auth_key', 'auth_creds', 'auth_data_key', 'auth_tombstone']) {
      await database.run({ text: `delete from ${table}`, params: [] });
    }
    for (const id of [deviceId, otherId]) await setLease(database, id, 1);
    keyRing = freshKeyRing();
    dataDir = temporaryFolder();
    states = authStatesOn(database, { keyRing, dataDir });
  }

  async function linked(id = deviceId): Promise<AuthState> {
    const state = await states.open({ deviceId: id, epoch: 1, mayMint: true });
    pair(state.creds);
    await state.saveCreds();
    return state;
  }

  /** As another process would see it. */
  function reopened(options: { epoch?: number; ring?: KeyRing } = {}): Promise<AuthState> {
    const fresh = authStatesOn(database, { keyRing: options.ring ?? keyRing, dataDir });
    return fresh.open({ deviceId, epoch: options.epoch ?? 1, mayMint: true });
  }

  const count = async (table: string) => {
    const [row] = await database.query<{ n: number }>({
      text: `select count(*) as n from ${table}`,
      params: [],
    });
    return Number(row?.n);
  };

  it('mints only with permission, and stores nothing before somebody is linked', async () => {
    await begin();
    expect(await problemOf(states.open({ deviceId, epoch: 1, mayMint: false }))).toBe('missing');
    const state = await states.open({ deviceId, epoch: 1, mayMint: true });
    expect(state.kind).toBe('minted');
    await state.saveCreds();
    expect(await state.keys.get('pre-key', ['1'])).toEqual({});
    expect(await states.has(deviceId)).toBe(false);
    expect(await count('auth_data_key')).toBe(0);
  });

  it('is the same device after a restart', async () => {
    await begin();
    const { creds } = await linked();
    const again = await reopened();
    expect(again.kind).toBe('stored');
    expect(again.creds.noiseKey.private).toEqual(Buffer.from(creds.noiseKey.private));
    expect(again.creds.me).toEqual(creds.me);
    expect(await states.has(deviceId)).toBe(true);
  });

  it('brings every kind of key back, and stores none of them readable', async () => {
    await begin();
    const state = await linked();
    await state.keys.set(EVERY_TYPE);
    const again = await reopened();
    for (const [type, values] of Object.entries(EVERY_TYPE)) {
      const ids = Object.keys(values ?? {});
      const read = await again.keys.get(type as keyof SignalDataTypeMap, ids);
      expect(Object.keys(read)).toEqual(ids);
      expect(JSON.stringify(read)).toBe(JSON.stringify(values));
    }
    const rows = await database.query<{ sealed: Buffer }>({
      text: 'select `blob` as sealed from auth_key',
      params: [],
    });
    expect(rows).toHaveLength(10);
    for (const { sealed } of rows)
      expect(sealed.toString('latin1')).not.toMatch(/session record|token|628123/);
  });

  it('reads and writes hundreds of keys, leaves out missing ones, removes with null', async () => {
    await begin();
    const state = await linked();
    const preKeys = Object.fromEntries(
      Array.from({ length: 812 }, (_, index) => [
        String(index + 1),
        { public: Buffer.alloc(32, index), private: Buffer.alloc(32, index + 1) },
      ]),
    );
    await state.keys.set({ 'pre-key': preKeys });
    const ids = [...Object.keys(preKeys), '900', '1'];
    expect(Object.keys(await state.keys.get('pre-key', ids))).toHaveLength(812);
    await state.keys.set({
      'pre-key': Object.fromEntries(Array.from({ length: 300 }, (_, index) => [String(index + 1), null])),
      session: { 'a.0': Buffer.from('x') },
    });
    expect(await state.keys.get('pre-key', ['300', '301'])).toEqual({ '301': preKeys['301'] });
    expect(await count('auth_key')).toBe(513);
  });

  it('never hands out a pre-key id twice when the counter in the credentials was lost', async () => {
    await begin();
    const state = await linked();
    const pair0 = { public: Buffer.alloc(32), private: Buffer.alloc(32) };
    await state.keys.set({ 'pre-key': { '9': pair0, '10': pair0 } });
    expect((await reopened()).creds.nextPreKeyId).toBe(11);
  });

  it('writes nothing for an owner whose lease moved on', async () => {
    await begin();
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
    await begin();
    const state = await linked();
    await database.run({ text: 'update device_lease set boot_id = null', params: [] });
    expect(await problemOf(state.saveCreds())).toBe('fenced');
    expect(await problemOf(reopened())).toBe('fenced');
  });

  it('tells damage from absence and never mints over it', async () => {
    await begin();
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
    await begin();
    await linked();
    await database.run({ text: 'delete from auth_data_key', params: [] });
    expect(await problemOf(reopened())).toBe('undecryptable');
  });

  it('notices rows that changed places, and closes before the library hears of it', async () => {
    await begin();
    const state = await linked();
    await state.keys.set({ session: { 'a.0': Buffer.from('a'), 'b.0': Buffer.from('b') } });
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
    const order: string[] = [];
    state.onFailure((failure) => order.push(`socket closed: ${failure}`));
    await Promise.resolve(state.keys.get('session', ['a.0'])).catch(() => order.push('library told'));
    expect(order).toEqual(['socket closed: undecryptable', 'library told']);
    const late: string[] = [];
    state.onFailure((failure) => late.push(failure));
    expect(late).toEqual(['undecryptable']);
  });

  it('keeps the version before, and writes a burst of changes at most twice', async () => {
    await begin();
    const state = await linked();
    const saves = Array.from({ length: 50 }, (_, index) => {
      state.creds.accountSyncCounter = index;
      return state.saveCreds();
    });
    await Promise.all(saves);
    const [row] = await database.query<{ version: number; previous: Buffer; sealed: Buffer }>({
      text: 'select version, previous, `blob` as sealed from auth_creds',
      params: [],
    });
    expect(row?.version).toBeLessThanOrEqual(3);
    expect(row?.previous).toBeInstanceOf(Buffer);
    expect(row?.previous).not.toEqual(row?.sealed);
    expect((await reopened()).creds.accountSyncCounter).toBe(49);
  });

  it('ends the state that was open before: its writes finish, later ones are refused', async () => {
    await begin();
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

  it('has a paired device on the disk before saveCreds returns, and finds it after a crash', async () => {
    await begin();
    const state = await states.open({ deviceId, epoch: 1, mayMint: true });
    pair(state.creds);
    await setLease(database, deviceId, 2);
    const saving = state.saveCreds();
    expect(readdirSync(join(dataDir, 'linking'))).toHaveLength(1);
    expect(await problemOf(saving)).toBe('fenced');

    expect(await authStatesOn(database, { keyRing, dataDir }).has(deviceId)).toBe(true);
    const again = await reopened({ epoch: 2 });
    expect(again.kind).toBe('stored');
    expect(again.creds.noiseKey.private).toEqual(Buffer.from(state.creds.noiseKey.private));
    expect(again.creds.account).toBeDefined();
    expect(await count('auth_creds')).toBe(1);
    expect(readdirSync(join(dataDir, 'linking'))).toEqual([]);
  });

  it('forgets an interrupted pairing with the device', async () => {
    await begin();
    const state = await states.open({ deviceId, epoch: 1, mayMint: true });
    pair(state.creds);
    await setLease(database, deviceId, 2);
    expect(await problemOf(state.saveCreds())).toBe('fenced');
    await states.erase({ deviceId, epoch: null });
    expect((await reopened({ epoch: 2 })).kind).toBe('minted');
  });

  it('erases one device only, when asked by its owner', async () => {
    await begin();
    const state = await linked();
    await state.keys.set(EVERY_TYPE);
    await linked(otherId);
    await expect(states.erase({ deviceId, epoch: 9 })).rejects.toThrow('guard');
    await states.erase({ deviceId, epoch: 1 });
    await states.erase({ deviceId, epoch: null });
    expect(await count('auth_key')).toBe(0);
    expect(await states.has(deviceId)).toBe(false);
    expect(await states.has(otherId)).toBe(true);
    expect((await reopened()).kind).toBe('minted');
  });

  it('cannot bring keys back after the session was erased under its feet', async () => {
    await begin();
    const state = await linked();
    await authStatesOn(database, { keyRing, dataDir }).erase({ deviceId, epoch: null });
    const writing = state.keys.set({ session: { 'a.0': Buffer.from('late') } });
    expect(await problemOf(writing)).toBe('fenced');
    expect(await count('auth_key')).toBe(0);
  });

  it('entombs the credentials for a week and lets the device pair anew', async () => {
    await begin();
    await linked();
    await states.entomb({ deviceId, reason: 'logged_out' });
    await states.entomb({ deviceId, reason: 'logged_out' });
    const graves = await database.query<{ reason: string; expires_at: Date; created_at: Date }>({
      text: 'select reason, expires_at, created_at from auth_tombstone',
      params: [],
    });
    expect(graves.map(({ reason }) => reason)).toEqual(['logged_out']);
    const [grave] = graves;
    expect(Number(grave?.expires_at) - Number(grave?.created_at)).toBe(7 * 86_400_000);
    expect((await reopened()).kind).toBe('minted');

    await database.run({ text: 'update auth_tombstone set expires_at = ?', params: [new Date(0)] });
    await states.entomb({ deviceId: otherId, reason: 'locked' });
    expect(await count('auth_tombstone')).toBe(0);
  });
});
