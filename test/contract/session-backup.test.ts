import { proto } from '@whiskeysockets/baileys';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { AppError, FencedError } from '../../src/shared/errors.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createSessionVault } from '../../src/whatsapp/session-vault.ts';
import { type AuthBench, authStatesOn, createAuthBench, deviceIdOf, setLease } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const PASSPHRASE = 'correct horse battery staple';

describeOnEachDatabase('a session as a file', (open) => {
  let database: Database;
  let bench: AuthBench;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    bench = await createAuthBench(database);
  });

  const vault = () =>
    createSessionVault({ database, keyRing: bench.keyRing, clock: systemClock, random: systemRandom });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );

  it('holds the identity and every key, more than a page of them too', async () => {
    const state = await bench.linked();
    const preKeys = Array.from({ length: 1_300 }, (_, index) => [
      String(index + 1),
      { public: Buffer.alloc(32, index), private: Buffer.alloc(32, 1) },
    ]);
    // Ids that differ in case or accents only are different keys.
    const ids = ['AbC/+=', 'abc/+=', 'ABC/+=', 'äbc/+='];
    await state.keys.set({
      'pre-key': Object.fromEntries(preKeys),
      session: Object.fromEntries(ids.map((id) => [id, Buffer.from(id)])),
      'app-state-sync-key': {
        AAAA: proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.alloc(32, 7) }),
      },
    });
    const stored = await bench.count('auth_key');
    const owner = { deviceId: bench.deviceId, epoch: 1 };
    const file = await vault().export(owner, PASSPHRASE);

    const target = { deviceId: bench.otherId, epoch: 1 };
    const { session, account } = await vault().read(file, PASSPHRASE);
    expect(account).toMatchObject({ id: state.creds.me?.id, lid: state.creds.me?.lid });
    await vault().store(target, session);
    expect(await bench.count('auth_key')).toBe(2 * stored);

    const reopened = await authStatesOn(database, bench).open({ ...target, mayMint: false });
    expect(reopened.creds.signedIdentityKey).toEqual(state.creds.signedIdentityKey);
    expect(reopened.creds.nextPreKeyId).toBe(1_301);
    expect(await reopened.keys.get('session', ids)).toEqual(await state.keys.get('session', ids));
    expect(Object.keys(await reopened.keys.get('session', ids)).sort()).toEqual([...ids].sort());
    expect(await reopened.keys.get('app-state-sync-key', ['AAAA'])).toEqual(
      await state.keys.get('app-state-sync-key', ['AAAA']),
    );
  });

  it('is neither taken from nor given to a device that another process owns', async () => {
    await bench.linked();
    const owner = { deviceId: bench.deviceId, epoch: 1 };
    const file = await vault().export(owner, PASSPHRASE);
    const { session } = await vault().read(file, PASSPHRASE);
    for (const deviceId of [bench.deviceId, bench.otherId]) await setLease(database, deviceId, 2);
    await expect(vault().export(owner, PASSPHRASE)).rejects.toThrow(FencedError);
    await expect(vault().store({ deviceId: bench.otherId, epoch: 1 }, session)).rejects.toThrow(FencedError);
    expect(await vault().has(bench.otherId)).toBe(false);
  });

  it('never replaces a session, and says when there is none or a damaged one', async () => {
    await bench.linked();
    const owner = { deviceId: bench.deviceId, epoch: 1 };
    const { session } = await vault().read(await vault().export(owner, PASSPHRASE), PASSPHRASE);
    await expect(vault().store(owner, session)).rejects.toThrow(FencedError);
    expect(await codeOf(vault().export({ deviceId: bench.otherId, epoch: 1 }, PASSPHRASE))).toBe(
      'SESSION_MISSING',
    );
    const nobody = deviceIdOf('nobody');
    await setLease(database, nobody, 1);
    expect(await codeOf(vault().export({ deviceId: nobody, epoch: 1 }, PASSPHRASE))).toBe('SESSION_MISSING');
    await database.run({ text: 'update auth_creds set `blob` = ?', params: [Buffer.from('damage')] });
    expect(await codeOf(vault().export(owner, PASSPHRASE))).toBe('DEVICE_AUTH_CORRUPT');
  });
});
