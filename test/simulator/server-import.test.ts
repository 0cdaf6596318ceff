import { Curve } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';
import { ANA, BUDI, hangUp, next, textOf } from './server-parties.ts';

let simulator: TestSimulator;
const companions: Companion[] = [];

/** A stored session of another day: it was never paired here. */
const stored = async (phoneNumber: string) => {
  const companion = createCompanion({ url: simulator.url });
  companions.push(companion);
  const { creds, keys } = companion.auth;
  creds.me = { id: `${phoneNumber}:7@s.whatsapp.net`, name: 'stored' };
  creds.accountSyncCounter = 1;
  creds.account = { details: new Uint8Array(4), accountSignature: new Uint8Array(64) };
  const pairs = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({ id, pair: Curve.generateKeyPair() }));
  await keys.set({ 'pre-key': Object.fromEntries(pairs.map(({ id, pair }) => [id, pair])) });
  creds.nextPreKeyId = 9;
  creds.firstUnuploadedPreKeyId = 9;
  const { keyId, keyPair, signature } = creds.signedPreKey;
  simulator.importDevice({
    phoneNumber,
    device: 7,
    noiseKey: creds.noiseKey.public,
    identityKey: creds.signedIdentityKey.public,
    registrationId: creds.registrationId,
    signedPreKey: { id: keyId, publicKey: keyPair.public, signature },
    preKeys: pairs.map(({ id, pair }) => ({ id, publicKey: pair.public })),
  });
  companion.connect();
  await companion.opened();
  return companion;
};

beforeEach(async () => {
  simulator = await startTestSimulator();
});
afterEach(async () => {
  for (const companion of companions.splice(0)) await companion.stop();
  await simulator.close();
});

describe('a device that was imported', () => {
  it('logs in without pairing, and writes to another that has no phone either', async () => {
    const [ana, budi] = await Promise.all([stored(ANA), stored(BUDI)]);
    expect(simulator.history.of('pairing-offered')).toEqual([]);
    await ana.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'hello' });
    const { pushName } = await budi.messages.waitFor((message) => textOf(message) === 'hello');
    expect(pushName).toBe('stored');
  });

  it('gets no first sync, also when its phone appears', async () => {
    simulator.phone(ANA);
    await stored(ANA);
    expect(simulator.history.of('message')).toEqual([]);
  });

  it('comes back by the route it was told', async () => {
    const ana = await stored(ANA);
    expect(ana.auth.creds.routingInfo).toEqual(Buffer.from('simulator'));
    await hangUp(simulator, ana);
    ana.connect();
    await ana.opened(2);
    expect((await next(simulator, 'login')).device).toBe(`${ANA}:7@s.whatsapp.net`);
  });
});
