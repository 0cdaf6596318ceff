import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { proto, type SignalDataSet, type SignalDataTypeMap } from '@whiskeysockets/baileys';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { type AuthBench, authStatesOn, createAuthBench, pair, problemOf, setLease } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

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

describeOnEachDatabase('auth state', (open) => {
  let database: Database;
  let bench: AuthBench;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    bench = await createAuthBench(database);
  });

  it('mints only with permission, and stores nothing before somebody is linked', async () => {
    const { states, deviceId, count } = bench;
    expect(await problemOf(states.open({ deviceId, epoch: 1, mayMint: false }))).toBe('missing');
    const state = await states.open({ deviceId, epoch: 1, mayMint: true });
    expect(state.kind).toBe('minted');
    await state.saveCreds();
    expect(await state.keys.get('pre-key', ['1'])).toEqual({});
    expect(await states.has(deviceId)).toBe(false);
    expect(await count('auth_data_key')).toBe(0);
  });

  it('is the same device after a restart', async () => {
    const { states, deviceId, linked, reopened } = bench;
    const { creds } = await linked();
    const again = await reopened();
    expect(again.kind).toBe('stored');
    expect(again.creds.noiseKey.private).toEqual(Buffer.from(creds.noiseKey.private));
    expect(again.creds.me).toEqual(creds.me);
    expect(await states.has(deviceId)).toBe(true);
  });

  it('brings every kind of key back, and stores none of them readable', async () => {
    const { linked, reopened } = bench;
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
    const { linked, count } = bench;
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
    const { linked, reopened } = bench;
    const state = await linked();
    const pair0 = { public: Buffer.alloc(32), private: Buffer.alloc(32) };
    await state.keys.set({ 'pre-key': { '9': pair0, '10': pair0 } });
    expect((await reopened()).creds.nextPreKeyId).toBe(11);
  });

  it('keeps the version before, and writes a burst of changes at most twice', async () => {
    const { linked, reopened } = bench;
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

  it('has a paired device on the disk before saveCreds returns, and finds it after a crash', async () => {
    const { states, deviceId, reopened, count, dataDir, keyRing } = bench;
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
    const { states, deviceId, reopened } = bench;
    const state = await states.open({ deviceId, epoch: 1, mayMint: true });
    pair(state.creds);
    await setLease(database, deviceId, 2);
    expect(await problemOf(state.saveCreds())).toBe('fenced');
    await states.erase({ deviceId, epoch: null });
    expect((await reopened({ epoch: 2 })).kind).toBe('minted');
  });

  it('erases one device only, when asked by its owner', async () => {
    const { states, deviceId, otherId, linked, reopened, count } = bench;
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

  it('entombs the credentials for a week and lets the device pair anew', async () => {
    const { states, deviceId, otherId, linked, reopened, count } = bench;
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
