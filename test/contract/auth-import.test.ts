import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { initAuthCreds, proto, useMultiFileAuthState } from '@whiskeysockets/baileys';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import {
  type FolderImport,
  importableDeviceIds,
  importSessionFolders,
} from '../../src/whatsapp/session-folder-import.ts';
import { type AuthBench, createAuthBench, pair, temporaryFolder } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const SENDER_KEY = '62812345-1400000@g.us::6281230000002::0';
const APP_STATE_KEY = 'AAAA//b/x==';

describeOnEachDatabase('session folder import', (open) => {
  let database: Database;
  let bench: AuthBench;
  let sessionsDir: string;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    bench = await createAuthBench(database);
    sessionsDir = temporaryFolder();
  });

  const folderOf = (deviceId: string) => join(sessionsDir, `auth_info_baileys_${deviceId}`);

  /** A folder written by the library's own file store. */
  async function writeFolder(deviceId: string) {
    const { state, saveCreds } = await useMultiFileAuthState(folderOf(deviceId));
    pair(state.creds);
    await saveCreds();
    const preKeys = Array.from({ length: 600 }, (_, index) => [
      String(index + 1),
      { public: Buffer.alloc(32, index), private: Buffer.alloc(32, 1) },
    ]);
    await state.keys.set({
      'pre-key': Object.fromEntries(preKeys),
      session: { '6281230000002.0': Buffer.from('session') },
      'sender-key': { [SENDER_KEY]: Buffer.from('[]') },
      'sender-key-memory': { '62812345-1400000@g.us': { 'a@s.whatsapp.net': true } },
      'app-state-sync-key': {
        [APP_STATE_KEY]: proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.alloc(32, 7) }),
      },
      'lid-mapping': { '123_reverse': '6281230000002' },
      tctoken: { __index: { token: Buffer.from('t') } },
    });
    return state;
  }

  function importAll(
    onStored: (deviceId: string) => Promise<void> = async () => {},
  ): Promise<FolderImport[]> {
    return importSessionFolders({
      sessionsDir,
      database,
      keyRing: bench.keyRing,
      leases: { claim: async () => ({ kind: 'claimed', epoch: 1 }), release: async () => {} },
      onStored,
      clock: systemClock,
      log: silentLogger,
    });
  }

  const outcomes = async () => (await importAll()).map(({ deviceId, outcome }) => `${deviceId} ${outcome}`);

  it('takes a session over with its identity and every kind of key, then sets the folder aside', async () => {
    const written = await writeFolder('Device_1');
    expect(await importableDeviceIds(sessionsDir)).toEqual(['Device_1']);
    const [result] = await importAll();
    expect(result).toEqual({
      deviceId: 'Device_1',
      outcome: 'imported',
      reason: null,
      account: { id: written.creds.me?.id, lid: written.creds.me?.lid, name: null },
    });
    expect(readdirSync(sessionsDir)).toEqual(['auth_info_baileys_Device_1.imported']);
    expect(await importAll()).toEqual([]);

    const state = await bench.reopened();
    expect(state.kind).toBe('stored');
    expect(state.creds.signedIdentityKey.private).toEqual(
      Buffer.from(written.creds.signedIdentityKey.private),
    );
    expect(state.creds.nextPreKeyId).toBe(601);
    expect(Object.keys(await state.keys.get('sender-key', [SENDER_KEY]))).toEqual([SENDER_KEY]);
    expect(Object.keys(await state.keys.get('app-state-sync-key', [APP_STATE_KEY]))).toEqual([APP_STATE_KEY]);
    expect(await state.keys.get('tctoken', ['__index'])).toEqual({ __index: { token: Buffer.from('t') } });
    expect(await state.keys.get('lid-mapping', ['123_reverse'])).toEqual({ '123_reverse': '6281230000002' });
    expect(await bench.count('auth_key')).toBe(606);
  });

  it('goes on after an interruption at either end', async () => {
    await writeFolder('Device_1');
    await importAll();
    // As if killed before the rename, and, on the second round, before the credentials.
    const back = () => renameSync(`${folderOf('Device_1')}.imported`, folderOf('Device_1'));
    back();
    expect(await outcomes()).toEqual(['Device_1 imported']);
    back();
    await database.run({ text: 'delete from auth_creds', params: [] });
    await database.run({ text: "delete from auth_key where key_id like '1%'", params: [] });
    expect(await outcomes()).toEqual(['Device_1 imported']);
    expect(await bench.count('auth_key')).toBe(606);
    expect((await bench.reopened()).kind).toBe('stored');
  });

  it('keeps the folder until the caller has made the device', async () => {
    await writeFolder('Device_1');
    await expect(importAll(() => Promise.reject(new Error('no row')))).rejects.toThrow('no row');
    const told: string[] = [];
    await importAll(async (deviceId) => void told.push(deviceId));
    expect(told).toEqual(['Device_1']);
    expect(await importableDeviceIds(sessionsDir)).toEqual([]);
  });

  it('never replaces another session', async () => {
    const { creds } = await bench.linked();
    await writeFolder('Device_1');
    expect(await outcomes()).toEqual(['Device_1 conflict']);
    expect(existsSync(folderOf('Device_1'))).toBe(true);
    expect((await bench.reopened()).creds.registrationId).toBe(creds.registrationId);
  });

  it('takes a cut-off key file as absent, as the library does', async () => {
    await writeFolder('Device_1');
    truncateSync(join(folderOf('Device_1'), 'pre-key-5.json'), 10);
    expect(await outcomes()).toEqual(['Device_1 imported']);
    expect(await (await bench.reopened()).keys.get('pre-key', ['5'])).toEqual({});
  });

  it.each<[string, (folder: string) => void]>([
    ['cut-off credentials', (folder) => truncateSync(join(folder, 'creds.json'), 100)],
    ['no pairing', (folder) => writeFileSync(join(folder, 'creds.json'), JSON.stringify(initAuthCreds()))],
    ['a symbolic link', (folder) => symlinkSync('/etc/passwd', join(folder, 'session-x.0.json'))],
    ['a hard link', (folder) => linkSync(join(folder, 'creds.json'), join(folder, 'session-x.0.json'))],
    ['a folder inside', (folder) => mkdirSync(join(folder, 'pre-key-9.json.d'))],
    [
      'a huge file',
      (folder) => {
        writeFileSync(join(folder, 'session-x.0.json'), '');
        truncateSync(join(folder, 'session-x.0.json'), 17 * 1024 * 1024);
      },
    ],
  ])('reports a folder with %s and leaves it alone', async (_, breakIt) => {
    await writeFolder('Device_1');
    breakIt(folderOf('Device_1'));
    const before = readdirSync(folderOf('Device_1'));
    expect(await outcomes()).toEqual(['Device_1 broken']);
    expect(readdirSync(folderOf('Device_1'))).toEqual(before);
    expect((await bench.reopened()).kind).toBe('minted');
  });

  it('ignores what is not named like a session, and a link that is', async () => {
    await writeFolder('Device_1');
    renameSync(folderOf('Device_1'), join(sessionsDir, 'elsewhere'));
    symlinkSync(join(sessionsDir, 'elsewhere'), folderOf('Device_1'));
    mkdirSync(folderOf('a'));
    mkdirSync(folderOf('has space'));
    expect(await outcomes()).toEqual(['Device_1 broken']);
    expect(await importableDeviceIds(join(sessionsDir, 'none'))).toEqual([]);
  });
});
