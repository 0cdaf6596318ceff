import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { openPhoneStore } from '../../src/simulator/phone/phone-store.ts';
import { openSignalEndpoint, type SignalAddress } from '../../src/simulator/phone/signal-endpoint.ts';

const ALICE: SignalAddress = { user: '100000000000001', device: 0 };
const BOB: SignalAddress = { user: '100000000000002', device: 0 };

const open = (phoneNumber: string, store = openPhoneStore(null)) =>
  openSignalEndpoint({ store, phoneNumber, random: systemRandom });

/** Makes libsignal say everything it has to say about its sessions. */
const NOISY_SCRIPT = `
  import { systemRandom as random } from './src/shared/random.ts';
  import { openPhoneStore } from './src/simulator/phone/phone-store.ts';
  import { openSignalEndpoint } from './src/simulator/phone/signal-endpoint.ts';
  const open = (phoneNumber) => openSignalEndpoint({ store: openPhoneStore(null), phoneNumber, random });
  const [alice, bob] = [open('6281200000001'), open('6281200000002')];
  const [toAlice, toBob] = [{ user: '1', device: 0 }, { user: '2', device: 0 }];
  for (const turn of [1, 2, 3]) {
    await alice.startSession(toBob, bob.mintBundle());
    await bob.decrypt(toAlice, await alice.encrypt(toBob, Buffer.from('hello')));
  }
  await alice.decrypt(toBob, { type: 'msg', bytes: Buffer.alloc(80, 0x33) }).catch(() => undefined);
  console.log('somebody else may print');
`;

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('two phones', () => {
  it('open a session from a bundle, answer in it and keep it', async () => {
    const alice = open('6281200000001');
    const bob = open('6281200000002');
    await alice.startSession(BOB, bob.mintBundle());

    const first = await alice.encrypt(BOB, Buffer.from('hello'));
    expect(first.type).toBe('pkmsg');
    expect(text(await bob.decrypt(ALICE, first))).toBe('hello');

    const answer = await bob.encrypt(ALICE, Buffer.from('hi'));
    expect(answer.type).toBe('msg');
    expect(text(await alice.decrypt(BOB, answer))).toBe('hi');
    expect((await alice.encrypt(BOB, Buffer.from('again'))).type).toBe('msg');
  });

  it('do without a one-time pre-key when the directory has none left', async () => {
    const alice = open('6281200000001');
    const bob = open('6281200000002');
    await alice.startSession(BOB, { ...bob.mintBundle(), preKey: null });
    expect(text(await bob.decrypt(ALICE, await alice.encrypt(BOB, Buffer.from('hello'))))).toBe('hello');
  });

  it('refuse a bundle whose signed pre-key somebody else signed', async () => {
    const alice = open('6281200000001');
    const bundle = open('6281200000002').mintBundle();
    const forged = { ...bundle, identityKey: open('6281200000003').identityKey };
    await expect(alice.startSession(BOB, forged)).rejects.toThrow('signature');
    expect(await alice.hasSession(BOB)).toBe(false);
  });

  it('refuse a message that was changed or read before', async () => {
    const alice = open('6281200000001');
    const bob = open('6281200000002');
    await alice.startSession(BOB, bob.mintBundle());
    const sent = await alice.encrypt(BOB, Buffer.from('hello'));
    const changed = Buffer.from(sent.bytes);
    changed[changed.length - 20] = (changed[changed.length - 20] ?? 0) ^ 1;
    await expect(bob.decrypt(ALICE, { ...sent, bytes: changed })).rejects.toThrow();

    await bob.decrypt(ALICE, sent);
    await expect(bob.decrypt(ALICE, sent)).rejects.toThrow();
  });

  it('print nothing while libsignal closes and reopens sessions', async () => {
    // In a process of its own, because vitest puts its own console in the place of the real one.
    const args = ['--input-type=module', '--eval', NOISY_SCRIPT];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: join(import.meta.dirname, '../..'),
    });
    expect(stdout).toBe('somebody else may print\n');
    expect(stderr).toBe('');
  });
});

describe('a phone on disk', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sim-phone-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is the same person with the same sessions after it was opened again', async () => {
    const bob = open('6281200000002');
    const store = openPhoneStore(directory);
    const alice = open('6281200000001', store);
    const bundle = alice.mintBundle();
    await bob.startSession(ALICE, bundle);
    await alice.decrypt(BOB, await bob.encrypt(ALICE, Buffer.from('hello')));
    store.close();

    const again = open('6281200000001', openPhoneStore(directory));
    expect(again.registrationId).toBe(alice.registrationId);
    expect(again.identityKey).toEqual(alice.identityKey);
    expect(text(await bob.decrypt(ALICE, await again.encrypt(BOB, Buffer.from('back'))))).toBe('back');
  });

  it('can still be written to with a bundle it gave out before', async () => {
    const bob = open('6281200000002');
    const store = openPhoneStore(directory);
    await bob.startSession(ALICE, open('6281200000001', store).mintBundle());
    // Not closed: the process was killed.
    const again = open('6281200000001', openPhoneStore(directory));
    expect(text(await again.decrypt(BOB, await bob.encrypt(ALICE, Buffer.from('hello'))))).toBe('hello');
  });
});
